import { NO_IMPROVEMENTS } from "@/server/domain/improvements";
import { parseOperatorFlags } from "@/server/domain/operator-flags";
import type { KubeApi, KubeObject } from "@/e2e/cluster/kube-api";
import { startOperatorUnderTest, type OperatorUnderTest } from "../operator-under-test";
import { compare, compareSnapshot, HOLD_LABEL } from "./compare-snapshot";
import type { GoldenCase, Json, JsonObject, Step } from "./golden-case";
import { field, objects, text } from "./golden-case";
import { recordSnapshot, settled } from "./record";

const KINDS: Readonly<Record<string, { readonly base: string; readonly plural: string }>> = {
  InferenceService: { base: "/apis/inference.llmkube.dev/v1alpha1", plural: "inferenceservices" },
  Model: { base: "/apis/inference.llmkube.dev/v1alpha1", plural: "models" },
  Namespace: { base: "/api/v1", plural: "namespaces" },
  PersistentVolume: { base: "/api/v1", plural: "persistentvolumes" },
  PersistentVolumeClaim: { base: "/api/v1", plural: "persistentvolumeclaims" },
  Secret: { base: "/api/v1", plural: "secrets" },
  ConfigMap: { base: "/api/v1", plural: "configmaps" },
  StorageClass: { base: "/apis/storage.k8s.io/v1", plural: "storageclasses" },
};
const PATCH_TYPES: Readonly<Record<string, string>> = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
};
/** Long waits of the recorder show that nothing happens; a part of each shows as much. */
const LONGEST_WAIT_MS = 8_000;

type Run = {
  readonly api: KubeApi;
  readonly kubeconfig: string;
  readonly golden: GoldenCase;
  readonly differences: string[];
  operator: OperatorUnderTest | null;
  snapshots: number;
  responses: number;
};

/** Does what the case says, with the operator in strict mode, and tells every difference from what was recorded. */
export async function runGoldenCase(
  api: KubeApi,
  kubeconfig: string,
  golden: GoldenCase,
): Promise<readonly string[]> {
  const run: Run = {
    api,
    kubeconfig,
    golden,
    differences: [],
    operator: null,
    snapshots: 0,
    responses: 0,
  };
  try {
    for (const step of golden.steps) await runStep(run, step);
    for (const error of run.operator?.errors ?? []) run.differences.push(`error: ${String(error)}`);
  } finally {
    await run.operator?.stop();
    await freeNodes(run);
  }
  return run.differences;
}

/** The pods of the next case need the room. */
async function freeNodes({ api, golden }: Run): Promise<void> {
  const services = `/apis/inference.llmkube.dev/v1alpha1/namespaces/${golden.namespace}/inferenceservices`;
  for (const { metadata } of await api.list(services)) {
    await api.delete(`${services}/${metadata.name}`, { propagationPolicy: "Background" });
  }
  const end = Date.now() + 15_000;
  const pods = () => api.list(`/api/v1/namespaces/${golden.namespace}/pods`);
  while ((await pods()).length > 0 && Date.now() < end) await wait(200);
}

async function runStep(run: Run, step: Step): Promise<void> {
  if (step.kind === "apply") {
    await run.api.apply(pathTo(run, step.object), held(step.object), "golden");
    return;
  }
  const action = ACTIONS[step.name];
  if (action === undefined) throw new Error(`the step "${step.name}" is not known`);
  await action(run, step.options);
}

const ACTIONS: Readonly<Record<string, (run: Run, options: JsonObject) => Promise<void>>> = {
  operator: async (run, options) => {
    await run.operator?.stop();
    const { settings } = parseOperatorFlags((options["flags"] ?? []) as readonly string[]);
    const { kubeconfig, golden } = run;
    run.operator = await startOperatorUnderTest({
      kubeconfig,
      namespace: golden.namespace,
      settings,
      improvements: NO_IMPROVEMENTS,
    });
  },
  sleep: (_run, options) => wait(Number(options["seconds"]) * 1000),
  timeline: async (run, options) => {
    await wait(Number(options["seconds"]) * 1000);
    run.snapshots += 1;
  },
  snapshot: async (run, options) => {
    const quietMs = Number(options["quiet"] ?? 2) * 1000;
    const limitMs = Number(options["limit"] ?? 25) * 1000;
    await settled(run.api, run.golden.namespace, { quietMs, limitMs });
    const recorded = run.golden.snapshots[run.snapshots] ?? {};
    run.snapshots += 1;
    const name = text(options["name"]);
    if (recorded["name"] !== name) throw new Error(`snapshot ${name} was not recorded here`);
    const actual = await recordSnapshot(run.api, run.golden.namespace);
    run.differences.push(...compareSnapshot(recorded, actual).map((path) => `${name} ${path}`));
  },
  patch: async (run, options) => {
    const subresource =
      options["subresource"] === undefined ? "" : `/${text(options["subresource"])}`;
    const path = `${pathTo(run, options)}${subresource}?fieldManager=golden`;
    const type = PATCH_TYPES[text(options["type"]) || "merge"] ?? "";
    const answer = await run.api.call("PATCH", path, options["body"], type);
    check(run, answer, options["expectError"] === true);
  },
  applyExpectError: async (run, options) => {
    const object = options["object"] as JsonObject;
    const path = `${pathTo(run, object)}?fieldManager=golden&force=true`;
    check(
      run,
      await run.api.call("PATCH", path, held(object), "application/apply-patch+yaml"),
      true,
    );
  },
  delete: async (run, options) => {
    const propagationPolicy = text(options["propagation"]) || "Background";
    await run.api.delete(pathTo(run, options), { propagationPolicy });
  },
  podsReady: podsReady,
  podStatus: async (run, options) => {
    await wait(Number(options["wait"] ?? 1) * 1000);
    for (const pod of await podsOf(run, text(options["service"]))) {
      await patchPodStatus(run, pod, options["status"] as JsonObject);
    }
  },
};

/** Errors are recorded in order; an answer that should have been one is a difference. */
function check(
  run: Run,
  answer: { readonly status: number; readonly body: KubeObject },
  wanted: boolean,
): void {
  if (!wanted) {
    if (answer.status >= 300) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
    return;
  }
  const recorded = run.golden.apiResponses[run.responses] ?? {};
  run.responses += 1;
  const causes = (list: Json) =>
    objects(list).map(({ field: at = null, reason = null }) => ({ at, reason }));
  const details = (answer.body["details"] ?? null) as Json;
  compare(
    {
      httpStatus: recorded["httpStatus"] ?? null,
      reason: recorded["reason"] ?? null,
      causes: causes(field(recorded["details"], "causes")),
    },
    {
      httpStatus: answer.status,
      reason: (answer.body["reason"] ?? null) as Json,
      causes: causes(field(details, "causes")),
    },
    `apiResponses[${run.responses - 1}]`,
    run.differences,
  );
}

async function podsReady(run: Run, options: JsonObject): Promise<void> {
  const count = Number(options["count"] ?? 1);
  const service = text(options["service"]);
  const end = Date.now() + 15_000;
  let pods: readonly KubeObject[] = [];
  while (Date.now() < end) {
    pods = (await podsOf(run, service)).filter((pod) => pod["spec"].nodeName !== undefined);
    if (pods.length >= count) break;
    await wait(200);
  }
  for (const pod of pods) {
    if (pod["status"].phase !== "Running") await patchPodStatus(run, pod, runningStatus(pod));
  }
}

function runningStatus(pod: KubeObject): JsonObject {
  const now = new Date().toISOString();
  const conditions = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
  ];
  const names = (list: unknown) =>
    (list ?? []) as readonly { readonly name: string; readonly image: string }[];
  const status = (of: { readonly name: string; readonly image: string }, state: JsonObject) => ({
    name: of.name,
    image: of.image,
    imageID: "",
    ready: true,
    restartCount: 0,
    lastState: {},
    state,
  });
  const done = {
    terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now },
  };
  return {
    phase: "Running",
    conditions: conditions.map((type) => ({ type, status: "True", lastTransitionTime: now })),
    initContainerStatuses: names(pod["spec"].initContainers).map((of) => status(of, done)),
    containerStatuses: names(pod["spec"].containers).map((of) =>
      status(of, { running: { startedAt: now } }),
    ),
  };
}

async function podsOf(run: Run, service: string): Promise<readonly KubeObject[]> {
  const pods = await run.api.list(`/api/v1/namespaces/${run.golden.namespace}/pods`);
  return pods.filter(({ metadata }) => {
    const labels = metadata["labels"] as Readonly<Record<string, string>> | undefined;
    return labels?.["app"] === service && metadata.deletionTimestamp === undefined;
  });
}

async function patchPodStatus({ api }: Run, pod: KubeObject, status: JsonObject): Promise<void> {
  const { namespace = "", name } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  const answer = await api.call("PATCH", path, { status }, PATCH_TYPES["strategic"]);
  if (answer.status >= 300) throw new Error(`pod ${name}: ${JSON.stringify(answer.body)}`);
}

/** The harness moves pods by itself; these wait for the script to do so. */
function held(object: JsonObject): JsonObject {
  if (object["kind"] !== "InferenceService") return object;
  const spec = object["spec"] as JsonObject;
  const podLabels = { ...(spec["podLabels"] as JsonObject | undefined), [HOLD_LABEL]: "golden" };
  return { ...object, spec: { ...spec, podLabels } };
}

function pathTo({ golden }: Run, object: JsonObject): string {
  const kind = KINDS[text(object["kind"])];
  if (kind === undefined) throw new Error(`the kind ${text(object["kind"])} is not known`);
  const name = text(object["name"]) || text(field(object["metadata"], "name"));
  const cluster = ["namespaces", "persistentvolumes", "storageclasses"].includes(kind.plural);
  const place = cluster ? "" : `/namespaces/${golden.namespace}`;
  return `${kind.base}${place}/${kind.plural}/${name}`;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(ms, LONGEST_WAIT_MS)));
}
