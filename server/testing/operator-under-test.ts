import { startBuiltinOperator } from "@/server/bootstrap/builtin-operator";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { ALL_IMPROVEMENTS, type Improvements } from "@/server/domain/improvements";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import {
  BUILTIN_REVALIDATE_INTERVAL_MS,
  claimRuleOf,
  DEFAULT_OPERATOR_SETTINGS,
} from "@/server/domain/operator-settings";
import { hasReason } from "@/server/errors";
import { createKubeHttp, type KubeHttp, type KubeRequest } from "@/server/kube/http-client";
import { loadClusterAccess } from "@/server/kube/kube-config";
import { createObjectStore } from "@/server/kube/object-store";
import { replicaReader } from "@/server/kube/replica-reader";
import { localFileReader } from "@/server/sources/local-file-reader";
import { startReflectors } from "@/server/kube/start-reflectors";
import { watchOwned } from "@/server/kube/watch-owned";
import { OPERATOR_MANAGER } from "@/server/controllers/inference-service/operator-deps";
import { systemClock, type ReplicaReader } from "@/server/ports";

/** A request that changes something, as it was sent. */
export type RecordedWrite = {
  readonly method: string;
  readonly path: string;
  /** `metadata.name` of the object that was sent; "" when none was. */
  readonly name: string;
  readonly body: unknown;
  /** uid of the object that the API server answered with; "refused": it answered with an error; null: not yet. */
  storedAs: string | null;
};

export type OperatorUnderTest = {
  readonly http: KubeHttp;
  readonly settings: OperatorSettings;
  readonly index: ObjectIndex;
  /** Every write it asked for, in order, refused ones too. */
  readonly writes: readonly RecordedWrite[];
  /** Every read it asked for outside its watches. */
  readonly reads: readonly RecordedWrite[];
  readonly errors: readonly unknown[];
  stop(): Promise<void>;
};

type Options = {
  readonly kubeconfig: string;
  /** Who prepares the cluster, where the operator itself may not. */
  readonly furnishWith?: string;
  /** It sees and touches nothing outside: other suites use the same API server. */
  readonly namespace: string;
  readonly settings?: Partial<OperatorSettings>;
  /** All of them by default. */
  readonly improvements?: Improvements;
  readonly replicas?: ReplicaReader;
};

/** The built-in operator as the server runs it, on one namespace; ready when its watches are. */
export async function startOperatorUnderTest(options: Options): Promise<OperatorUnderTest> {
  const http = connect(options.kubeconfig);
  await furnish(options.furnishWith ?? options.kubeconfig);
  const improvements = options.improvements ?? ALL_IMPROVEMENTS;
  const settings = {
    ...DEFAULT_OPERATOR_SETTINGS,
    revalidateIntervalMs: BUILTIN_REVALIDATE_INTERVAL_MS,
    ...options.settings,
    claimRule: claimRuleOf(improvements),
  };
  const index = createObjectIndex({ settings });
  const errors: unknown[] = [];
  const reflectors = startReflectors({
    http,
    sink: index,
    namespaces: [options.namespace],
    onError: (error) => errors.push(error),
  });
  const deadline = Date.now() + 20_000;
  while (!reflectors.synced()) {
    if (Date.now() > deadline) throw new Error("the watches did not come up within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { recorder, writes, reads } = recording(http);
  const stop = startBuiltinOperator({
    index,
    owned: watchOwned({
      http,
      namespaces: [options.namespace],
      onError: (error) => errors.push(error),
    }),
    store: createObjectStore({ http: recorder, fieldManager: OPERATOR_MANAGER }),
    replicas: options.replicas ?? replicaReader,
    files: localFileReader,
    clock: systemClock,
    settings,
    improvements,
    // A lost race is tried again and is no fault.
    onError: () => (error) => hasReason(error, "Conflict") || errors.push(error),
  });
  return {
    http,
    settings,
    index,
    writes,
    reads,
    errors,
    stop: async () => {
      await stop();
      await reflectors.stop();
      await http.close();
    },
  };
}

function connect(kubeconfig: string): KubeHttp {
  const { config } = loadClusterAccess({ inCluster: false, kubeconfig, context: null });
  return createKubeHttp({ config, userAgent: "mooring-tests" });
}

async function furnish(kubeconfig: string): Promise<void> {
  const http = connect(kubeconfig);
  await installPriorityClasses(http);
  await http.close();
}

const PRIORITIES = { critical: 1_000_000, high: 100_000, normal: 10_000, low: 1_000, batch: 100 };

/** What LLMKube's chart installs beside its CRDs; without them the API server admits no pod of a service. */
async function installPriorityClasses(http: KubeHttp): Promise<void> {
  for (const [priority, value] of Object.entries(PRIORITIES)) {
    const name = `llmkube-${priority}`;
    await http.json({
      method: "PATCH",
      path: `/apis/scheduling.k8s.io/v1/priorityclasses/${name}`,
      query: { fieldManager: "mooring-tests", force: true },
      contentType: "application/apply-patch+yaml",
      body: {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { name },
        value,
      },
    });
  }
}

function recording(http: KubeHttp) {
  const writes: RecordedWrite[] = [];
  const reads: RecordedWrite[] = [];
  const recorder: KubeHttp = {
    json: (call: KubeRequest) => {
      const { method = "GET", path, body } = call;
      const record: RecordedWrite = { method, path, body, name: nameOf(body), storedAs: null };
      (method === "GET" ? reads : writes).push(record);
      const answer = http.json(call);
      answer.then(
        (stored) => (record.storedAs = uidOf(stored)),
        () => (record.storedAs = "refused"), // told to who asked
      );
      return answer;
    },
    text: (call) => http.text(call),
    stream: (call) => http.stream(call),
    close: () => http.close(),
  };
  return { recorder, writes, reads };
}

function nameOf(body: unknown): string {
  const { metadata } = (body ?? {}) as { readonly metadata?: { readonly name?: string } };
  return metadata?.name ?? "";
}

function uidOf(answer: unknown): string {
  const { metadata } = answer as { readonly metadata?: { readonly uid?: string } };
  return metadata?.uid ?? "";
}
