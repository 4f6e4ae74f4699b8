import { KubeApi, type KubeObject } from "../../e2e/cluster/kube-api";
import { createPriorityClasses, furnish, installCrds } from "../../e2e/cluster/furnish";
import { startControlPlane, type TestServer } from "../../e2e/cluster/start-control-plane";
import { startOperatorProcess, type OperatorProcess, type OperatorReport } from "./operator-report";
import type { RequestCounts } from "./request-counter";
import { watchProgress } from "./watch-progress";

export type Plane = "full" | "bare";

export type Measured = {
  readonly plane: Plane;
  readonly services: number;
  readonly wallMs: number;
  /** From the last service's status to the last write. */
  readonly quietMs: number;
  /** From one edit of a quiet cluster to the last write it caused. */
  readonly editQuietMs: number;
  readonly editWrites: number;
  /** In the ten seconds after that. */
  readonly idleRequests: number;
  readonly report: OperatorReport;
  /** Before the services were there: the runtime and its TypeScript loader. */
  readonly idleRssBytes: number;
  /** What the API server needed for all of it, the creation of the services and the other controllers included. */
  readonly apiServerCpuMs: number;
  /** Until every service had its Deployment and status, the opening of the watches left out. */
  readonly requests: RequestCounts;
};

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";
const NAMESPACE = "bench";
const MODELS = 20;
const CREATORS = 16;
const QUIET_MS = 5_000;
const IDLE_MS = 10_000;

/**
 * `services` services created at once on a control plane of its own, with the operator running, until each has its
 * Deployment and its status; then until the operator writes nothing more, then one edit of one service. `bare`: without
 * controller-manager and scheduler. No kubelet: no pod ever runs.
 */
export async function measureReconcile(plane: Plane, services: number): Promise<Measured> {
  const server = await startControlPlane(() => undefined, {
    controllers: plane === "full",
    kubelet: false,
    furnishWith: plane === "full" ? furnish : furnishBare,
  });
  const api = new KubeApi(server.kubeconfig);
  try {
    await furnishBench(api);
    const operator = await startOperatorProcess(server.kubeconfig);
    try {
      await modelsReady(api);
      return { plane, services, ...(await measure(server, { api, operator, services })) };
    } finally {
      await operator.stop();
    }
  } finally {
    await api.close();
    await server.stop();
  }
}

type Run = {
  readonly api: KubeApi;
  readonly operator: OperatorProcess;
  readonly services: number;
};

async function measure(
  server: TestServer,
  run: Run,
): Promise<Omit<Measured, "plane" | "services">> {
  const { api, operator, services } = run;
  const before = await operator.report();
  const apiServerBefore = await apiServerCpuMs(api);
  const progress = watchProgress(server.kubeconfig, NAMESPACE, services);
  const startedMs = Date.now();
  await createServices(api, services);
  const doneMs = await progress.done;
  const done = await operator.report();
  const apiServerAfter = await apiServerCpuMs(api);
  await progress.stop();
  const quiet = await untilQuiet(operator, doneMs);
  const editedMs = Date.now();
  await api.patch(`${GROUP}/namespaces/${NAMESPACE}/inferenceservices/${nameOf(0)}`, {
    spec: { resources: { memory: "2Gi" } },
  });
  const edited = await untilQuiet(operator, editedMs);
  await pause(IDLE_MS);
  const idle = await operator.report();
  return {
    wallMs: doneMs - startedMs,
    quietMs: Math.max(0, (quiet.lastWriteAtMs ?? doneMs) - doneMs),
    editQuietMs: Math.max(0, (edited.lastWriteAtMs ?? editedMs) - editedMs),
    editWrites: total(edited.requests) - total(quiet.requests),
    idleRequests: total(idle.requests) - total(edited.requests),
    apiServerCpuMs: apiServerAfter - apiServerBefore,
    idleRssBytes: before.rssBytes,
    report: { ...done, cpuMs: done.cpuMs - before.cpuMs },
    requests: difference(done.requests, before.requests),
  };
}

async function apiServerCpuMs(api: KubeApi): Promise<number> {
  const { body } = await api.call("GET", "/metrics");
  const seconds = /^process_cpu_seconds_total (\S+)$/m.exec(String(body["text"]))?.[1];
  return Number(seconds) * 1_000;
}

/** Until the operator has written nothing for some seconds. */
async function untilQuiet(operator: OperatorProcess, sinceMs: number): Promise<OperatorReport> {
  for (;;) {
    await pause(500);
    const report = await operator.report();
    if (Date.now() - Math.max(sinceMs, report.lastWriteAtMs ?? 0) > QUIET_MS) return report;
  }
}

/** Nothing there would ever make a node schedulable. */
async function furnishBare(api: KubeApi): Promise<void> {
  await installCrds(api);
  await createPriorityClasses(api);
}

async function furnishBench(api: KubeApi): Promise<void> {
  await api.create("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE },
  });
  for (let n = 0; n < MODELS; n += 1) {
    await api.create(`${GROUP}/namespaces/${NAMESPACE}/models`, {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "Model",
      metadata: { name: `model-${n}`, namespace: NAMESPACE },
      spec: { source: `https://models.example.com/model-${n}.gguf` },
    });
  }
}

async function modelsReady(api: KubeApi): Promise<void> {
  for (;;) {
    const models = await api.list(`${GROUP}/namespaces/${NAMESPACE}/models`);
    if (models.every((model) => isReady(model))) return;
    await pause(100);
  }
}

const isReady = (model: KubeObject): boolean =>
  (model["status"] as { phase?: string } | undefined)?.phase === "Ready";

/** Some at a time, as a person's `kubectl apply -f DIR` or a GitOps controller would be at its fastest. */
async function createServices(api: KubeApi, services: number): Promise<void> {
  let next = 0;
  const creator = async () => {
    while (next < services) {
      const n = next;
      next += 1;
      await api.create(`${GROUP}/namespaces/${NAMESPACE}/inferenceservices`, {
        apiVersion: "inference.llmkube.dev/v1alpha1",
        kind: "InferenceService",
        metadata: { name: nameOf(n), namespace: NAMESPACE },
        spec: { modelRef: `model-${n % MODELS}`, resources: { cpu: "1", memory: "1Gi" } },
      });
    }
  };
  await Promise.all(Array.from({ length: CREATORS }, creator));
}

const nameOf = (n: number): string => `service-${n}`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function total(counts: RequestCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function difference(after: RequestCounts, before: RequestCounts): RequestCounts {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}
