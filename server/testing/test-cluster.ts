import { randomBytes } from "node:crypto";

import { createClaimFieldWriter } from "@/server/kube/claim-field-writer";
import { createKubeHttp, type KubeHttp, type KubeRequest } from "@/server/kube/http-client";
import { loadClusterAccess } from "@/server/kube/kube-config";
import { createObjectStore } from "@/server/kube/object-store";
import type { ClaimFieldWriter, Manifest, ObjectStore } from "@/server/ports";
import { AppError } from "@/server/errors";

/** Mooring's own adapters on the API server under test, in a namespace of the caller's own. */
export type TestCluster = {
  readonly http: FaultyHttp;
  readonly store: ObjectStore;
  readonly writer: ClaimFieldWriter;
  readonly namespace: string;
  readonly stop: () => Promise<void>;
};

/** Connects and makes a namespace; `stop` deletes it. */
export async function connectTestCluster(kubeconfig: string): Promise<TestCluster> {
  const { config } = loadClusterAccess({ inCluster: false, kubeconfig, context: null });
  const http = withFaults(createKubeHttp({ config, userAgent: "mooring/test" }));
  const store = createObjectStore({ http, fieldManager: "mooring-operator" });
  const namespace = `test-${randomBytes(4).toString("hex")}`;
  const created = await store.create("namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  return {
    http,
    store,
    writer: createClaimFieldWriter(http),
    namespace,
    stop: async () => {
      http.heal();
      const { name, uid } = created.metadata;
      await store.delete("namespaces", { namespace: "", name }, { uid });
      await http.close();
    },
  };
}

/** A client whose connection a test can disturb, the same way on every server. */
export type FaultyHttp = KubeHttp & {
  readonly calls: readonly KubeRequest[];
  /** Breaks every open stream. */
  breakStreams(): void;
  /** Answers the next `count` calls that match by `error`. */
  failNext(fault: {
    readonly matches: (call: KubeRequest) => boolean;
    readonly error: AppError;
    readonly count?: number;
  }): void;
  heal(): void;
};

function withFaults(http: KubeHttp): FaultyHttp {
  const calls: KubeRequest[] = [];
  const faults: { matches: (call: KubeRequest) => boolean; error: AppError; left: number }[] = [];
  const streams = new Set<AbortController>();
  const admit = (call: KubeRequest): void => {
    calls.push(call);
    const fault = faults.find(({ matches, left }) => left > 0 && matches(call));
    if (!fault) return;
    fault.left -= 1;
    throw fault.error;
  };
  return {
    calls,
    json: async (call) => {
      admit(call);
      return http.json(call);
    },
    text: async (call) => {
      admit(call);
      return http.text(call);
    },
    stream: async (call) => {
      admit(call);
      const broken = new AbortController();
      streams.add(broken);
      const signal = call.signal ? AbortSignal.any([call.signal, broken.signal]) : broken.signal;
      return breakable(await http.stream({ ...call, signal }), broken, streams);
    },
    close: () => http.close(),
    breakStreams: () => {
      for (const stream of streams) stream.abort();
    },
    failNext: ({ matches, error, count = 1 }) => faults.push({ matches, error, left: count }),
    heal: () => faults.splice(0),
  };
}

async function* breakable(
  chunks: AsyncIterable<Uint8Array>,
  broken: AbortController,
  streams: Set<AbortController>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    if (!broken.signal.aborted) throw error;
    throw new AppError("ServiceUnavailable", "the test broke the connection");
  } finally {
    streams.delete(broken);
  }
}

/** A claim to be created; no class, so that nothing provisions it. */
export function claimManifest(namespace: string, name: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { namespace, name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      storageClassName: "",
    },
  };
}

/** A service to be created. */
export function serviceManifest(namespace: string, name: string, spec: object = {}): Manifest {
  return {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { namespace, name },
    spec: { modelRef: "llama-3-8b", ...spec },
  };
}
