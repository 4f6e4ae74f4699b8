import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { NO_IMPROVEMENTS } from "@/server/domain/improvements";
import {
  conditionsOf,
  connectModelCluster,
  type ModelCluster,
} from "@/server/testing/model-cluster";

const HOST = "https://models.example.com/size-2000000/rate-50000000";
const PHI = { source: `${HOST}/phi.gguf`, prefetch: true };

let cluster: ModelCluster;
beforeEach(async () => {
  cluster = await connectModelCluster();
});
afterEach(() => cluster.stop());

const jobPath = () => `/apis/batch/v1/namespaces/${cluster.namespace}/jobs/phi-prefetch`;
const jobOf = () => cluster.api.get(jobPath());
const podsOf = () => cluster.api.list(`/api/v1/namespaces/${cluster.namespace}/pods`);

describe("a Model that is to be fetched ahead", () => {
  it("is brought to the shared claim by a Job, is Ready then, and nothing is written again", async () => {
    await cluster.workload.createSharedVolume();
    const { writes } = await cluster.start();
    await cluster.createModel(PHI);
    const job = await cluster.eventually("the Job", jobOf);
    expect(job.metadata["ownerReferences"]).toMatchObject([
      { kind: "Model", name: "phi", controller: true, blockOwnerDeletion: false },
    ]);
    const claims = await cluster.workload.claims();
    expect(claims.map(({ metadata }) => metadata.name)).toEqual(["llmkube-model-cache"]);
    const ready = await cluster.phase("Ready");
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
    await cluster.quiet();
    // started, ready
    expect(writes.filter(({ path }) => path.endsWith("/status"))).toHaveLength(2);
    expect(writes.filter(({ path }) => path.endsWith("/jobs"))).toHaveLength(1);
  });

  it("keeps in strict mode what LLMKube leaves behind", async () => {
    await cluster.workload.createSharedVolume();
    await cluster.start({ improvements: NO_IMPROVEMENTS });
    await cluster.createModel(PHI);
    expect(conditionsOf(await cluster.phase("Ready"))).toEqual({
      Available: "True ModelPrefetched",
      Progressing: "True PrefetchStarted",
    });
  });

  it("fails with its Job, and is tried again once that is deleted", async () => {
    await cluster.workload.createSharedVolume();
    const { writes } = await cluster.start();
    await cluster.createModel({ ...PHI, source: `${HOST}/fail-404/phi.gguf` });
    const job = await cluster.eventually("the Job", jobOf);
    await cluster.api.patch(jobPath(), { spec: { backoffLimit: 0 } });
    const failed = await cluster.phase("Failed");
    expect(conditionsOf(failed)).toEqual({ Progressing: "False PrefetchFailed" });
    expect(JSON.stringify(failed["status"].conditions)).toContain("phi-prefetch");
    await cluster.quiet();
    expect(writes.filter(({ path }) => path.endsWith("/jobs"))).toHaveLength(1);
    await cluster.api.delete(jobPath(), { propagationPolicy: "Background" });
    await cluster.eventually("another Job", async () => {
      const found = await jobOf();
      return found !== undefined && found.metadata.uid !== job.metadata.uid;
    });
    expect(conditionsOf(await cluster.phase("Downloading"))).toEqual({
      Progressing: "True PrefetchStarted",
    });
  });

  it("goes with its Job and its pods; the claim stays", async () => {
    await cluster.workload.createSharedVolume();
    await cluster.start();
    await cluster.createModel(PHI);
    await cluster.phase("Ready");
    await cluster.deleteModel();
    await cluster.eventually("the Job is gone", async () => (await jobOf()) === undefined);
    await cluster.eventually("its pods are gone", async () => (await podsOf()).length === 0);
    expect(await cluster.workload.claims()).toHaveLength(1);
  });

  it("has no Job when it is Ready already", async () => {
    await cluster.start();
    await cluster.createModel({ ...PHI, prefetch: false });
    await cluster.phase("Ready");
    await cluster.patchModel({ spec: { prefetch: true } });
    await cluster.quiet();
    expect(await jobOf()).toBeUndefined();
  });

  it("says so when no claim can be made for it", async () => {
    await cluster.start({ settings: { cacheSize: "lots" } });
    await cluster.createModel(PHI);
    expect(conditionsOf(await cluster.phase("Failed"))).toEqual({
      Progressing: "False PrefetchInvalid",
    });
    expect(await jobOf()).toBeUndefined();
  });
});
