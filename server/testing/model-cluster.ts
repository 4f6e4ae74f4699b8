import { expect, inject, vi } from "vitest";

import { KubeApi, type KubeObject } from "@/e2e/cluster/kube-api";
import { createWorkload, type Workload } from "@/e2e/workload";
import { ALL_IMPROVEMENTS, type Improvements } from "@/server/domain/improvements";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import { hasReason } from "@/server/errors";
import { startOperatorUnderTest, type OperatorUnderTest } from "./operator-under-test";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";

/** A namespace of its own on the API server under test, with one Model `phi` and the built-in operator. */
export type ModelCluster = {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly workload: Workload;
  start(options?: {
    readonly improvements?: Improvements;
    readonly settings?: Partial<OperatorSettings>;
  }): Promise<OperatorUnderTest>;
  createModel(spec: object): Promise<void>;
  patchModel(patch: object): Promise<void>;
  deleteModel(): Promise<void>;
  /** Waits for the phase; the Model then. */
  phase(wanted: string): Promise<KubeObject>;
  eventually<T>(title: string, ask: () => Promise<T | undefined | null | false>): Promise<T>;
  /** Waits until the operator asks the API server for nothing any more. */
  quiet(): Promise<void>;
  /** Fails the test for faults of the operator that no outage explains. */
  stop(): Promise<void>;
};

/** Type → "status reason" of an object's conditions. */
export function conditionsOf(object: KubeObject): Readonly<Record<string, string>> {
  const conditions = object["status"].conditions as Record<"type" | "status" | "reason", string>[];
  return Object.fromEntries(
    conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
}

/** Connects and makes the namespace. */
export async function connectModelCluster(): Promise<ModelCluster> {
  const api = new KubeApi(inject("kubeconfig"));
  const namespace = await api.createNamespace("models");
  const workload = createWorkload(api, namespace);
  const models = `${GROUP}/namespaces/${namespace}/models`;
  let operator: OperatorUnderTest | null = null;
  const eventually: ModelCluster["eventually"] = (title, ask) =>
    vi.waitFor(
      async () => {
        const answer = await ask();
        if (answer !== undefined && answer !== null && answer !== false) return answer;
        const model = await api.get(`${models}/phi`);
        throw new Error(`not yet: ${title}; status ${JSON.stringify(model?.["status"])}`);
      },
      { timeout: 25_000, interval: 50 },
    );
  return {
    api,
    namespace,
    workload,
    eventually,
    start: async ({ improvements = ALL_IMPROVEMENTS, settings = {} } = {}) => {
      const kubeconfig = inject("kubeconfig");
      operator = await startOperatorUnderTest({ kubeconfig, namespace, improvements, settings });
      return operator;
    },
    createModel: async (spec) => {
      const metadata = { name: "phi", namespace };
      const apiVersion = "inference.llmkube.dev/v1alpha1";
      await api.create(models, { apiVersion, kind: "Model", metadata, spec });
    },
    patchModel: async (patch) => {
      await api.patch(`${models}/phi`, patch);
    },
    deleteModel: () => api.delete(`${models}/phi`),
    phase: (wanted) =>
      eventually(`the Model is ${wanted}`, async () => {
        const model = await api.get(`${models}/phi`);
        return model?.["status"]?.phase === wanted ? model : null;
      }),
    quiet: () => untilQuiet(() => (operator?.writes.length ?? 0) + (operator?.reads.length ?? 0)),
    stop: async () => {
      const errors = (operator?.errors ?? []).filter(
        (error) => !hasReason(error, "ServiceUnavailable"),
      );
      await operator?.stop();
      await workload.deleteVolumes();
      await api.close();
      expect(errors).toEqual([]);
    },
  };
}

async function untilQuiet(requests: () => number): Promise<void> {
  await vi.waitFor(
    async () => {
      const before = requests();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(requests()).toBe(before);
    },
    { timeout: 5_000, interval: 1 },
  );
}
