import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from "vitest";

import { KubeApi, type KubeObject } from "@/e2e/cluster/kube-api";
import { createWorkload, type Workload } from "@/e2e/workload";
import { hasReason } from "@/server/errors";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "@/server/domain/improvements";
import {
  startOperatorUnderTest,
  type OperatorUnderTest,
} from "@/server/testing/operator-under-test";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";
const HOST = "https://models.example.com/size-2000000/rate-50000000";

let api: KubeApi;
let namespace: string;
let workload: Workload;
let operator: OperatorUnderTest | null = null;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("prefetch");
  workload = createWorkload(api, namespace);
});
afterEach(async () => {
  const errors = (operator?.errors ?? []).filter(
    (error) => !hasReason(error, "ServiceUnavailable"),
  );
  await operator?.stop();
  operator = null;
  await workload.deleteVolumes();
  expect(errors).toEqual([]);
});

async function start(improvements = ALL_IMPROVEMENTS, settings = {}) {
  operator = await startOperatorUnderTest({
    kubeconfig: inject("kubeconfig"),
    namespace,
    improvements,
    settings,
  });
  return operator;
}

const modelPath = () => `${GROUP}/namespaces/${namespace}/models/phi`;
const jobs = () => `/apis/batch/v1/namespaces/${namespace}/jobs`;
const jobOf = () => api.get(`${jobs()}/phi-prefetch`);
const podsOf = () => api.list(`/api/v1/namespaces/${namespace}/pods`);

async function createModel(spec: object = {}): Promise<void> {
  await api.create(`${GROUP}/namespaces/${namespace}/models`, {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { name: "phi", namespace },
    spec: { source: `${HOST}/phi.gguf`, prefetch: true, ...spec },
  });
}

async function eventually<T>(title: string, ask: () => Promise<T | undefined | null | false>) {
  return vi.waitFor(
    async () => {
      const answer = await ask();
      if (answer === undefined || answer === null || answer === false) {
        const model = await api.get(modelPath());
        throw new Error(`not yet: ${title}; status ${JSON.stringify(model?.["status"])}`);
      }
      return answer;
    },
    { timeout: 25_000, interval: 50 },
  );
}

const phase = (wanted: string) =>
  eventually(`the Model is ${wanted}`, async () => {
    const model = await api.get(modelPath());
    return model?.["status"]?.phase === wanted ? model : null;
  });
const conditionsOf = (model: KubeObject) =>
  Object.fromEntries(
    (model["status"].conditions as { type: string; status: string; reason: string }[]).map(
      ({ type, status, reason }) => [type, `${status} ${reason}`],
    ),
  );

async function isQuiet({ writes, reads }: OperatorUnderTest): Promise<void> {
  await vi.waitFor(
    async () => {
      const before = writes.length + reads.length;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(writes.length + reads.length).toBe(before);
    },
    { timeout: 5_000, interval: 1 },
  );
}

describe("a Model that is to be fetched ahead", () => {
  it("is brought to the shared claim by a Job, is Ready then, and nothing is written again", async () => {
    await workload.createSharedVolume();
    const running = await start();
    await createModel();
    const job = await eventually("the Job", jobOf);
    expect(job.metadata["ownerReferences"]).toMatchObject([
      { kind: "Model", name: "phi", controller: true, blockOwnerDeletion: false },
    ]);
    expect((await workload.claims()).map(({ metadata }) => metadata.name)).toEqual([
      "llmkube-model-cache",
    ]);
    const ready = await phase("Ready");
    expect(conditionsOf(ready)).toEqual({
      Available: "True ModelPrefetched",
      Progressing: "False Superseded",
    });
    expect(ready["status"]).toMatchObject({ acceleratorReady: true });
    expect(ready["status"].cacheKey).toMatch(/^[0-9a-f]{16}$/);
    const [pod] = await podsOf();
    expect(pod?.["spec"].volumes).toContainEqual({
      name: "model-cache",
      persistentVolumeClaim: { claimName: "llmkube-model-cache" },
    });
    await isQuiet(running);
    // started, ready
    expect(running.writes.filter(({ path }) => path.endsWith("/status"))).toHaveLength(2);
    expect(running.writes.filter(({ path }) => path.endsWith("/jobs"))).toHaveLength(1);
  });

  it("keeps in strict mode what LLMKube leaves behind", async () => {
    await workload.createSharedVolume();
    await start(NO_IMPROVEMENTS);
    await createModel();
    expect(conditionsOf(await phase("Ready"))).toEqual({
      Available: "True ModelPrefetched",
      Progressing: "True PrefetchStarted",
    });
  });

  it("fails with its Job, and is tried again once that is deleted", async () => {
    await workload.createSharedVolume();
    const running = await start();
    await createModel({ source: `${HOST}/fail-404/phi.gguf` });
    const job = await eventually("the Job", jobOf);
    await api.patch(`${jobs()}/phi-prefetch`, { spec: { backoffLimit: 0 } });
    const failed = await phase("Failed");
    expect(conditionsOf(failed)).toEqual({ Progressing: "False PrefetchFailed" });
    expect(JSON.stringify(failed["status"].conditions)).toContain("phi-prefetch");
    await isQuiet(running);
    expect(running.writes.filter(({ path }) => path.endsWith("/jobs"))).toHaveLength(1);
    await api.delete(`${jobs()}/phi-prefetch`, { propagationPolicy: "Background" });
    const again = await eventually("another Job", async () => {
      const found = await jobOf();
      return found && found.metadata.uid !== job.metadata.uid ? found : null;
    });
    expect(again.metadata.name).toBe("phi-prefetch");
    expect(conditionsOf(await phase("Downloading"))).toEqual({
      Progressing: "True PrefetchStarted",
    });
  });

  it("goes with its Job and its pods; the claim stays", async () => {
    await workload.createSharedVolume();
    await start();
    await createModel();
    await phase("Ready");
    await api.delete(modelPath());
    await eventually("the Job is gone", async () => (await jobOf()) === undefined);
    await eventually("its pods are gone", async () => (await podsOf()).length === 0);
    expect(await workload.claims()).toHaveLength(1);
  });

  it("has no Job when it is Ready already", async () => {
    const running = await start();
    await createModel({ prefetch: false });
    await phase("Ready");
    await api.patch(modelPath(), { spec: { prefetch: true } });
    await isQuiet(running);
    expect(await jobOf()).toBeUndefined();
  });

  it("says so when no claim can be made for it", async () => {
    await start(ALL_IMPROVEMENTS, { cacheSize: "lots" });
    await createModel();
    expect(conditionsOf(await phase("Failed"))).toEqual({ Progressing: "False PrefetchInvalid" });
    expect(await jobOf()).toBeUndefined();
  });
});
