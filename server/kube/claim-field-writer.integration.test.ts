import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import type { InferenceService } from "@/server/domain/objects";
import { uidOf } from "@/server/testing/builders";
import {
  connectTestCluster,
  serviceManifest,
  type TestCluster,
} from "@/server/testing/test-cluster";

let cluster: TestCluster;
let service: InferenceService;
let nth = 0;

beforeAll(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
});
afterAll(() => cluster.stop());
beforeEach(async () => {
  nth += 1;
  service = await cluster.store.create(
    "inferenceservices",
    serviceManifest(cluster.namespace, `llama-${nth}`),
  );
});

type Change = Parameters<TestCluster["writer"]["apply"]>[0];
const apply = (change: Partial<Change>) =>
  cluster.writer.apply({
    key: { namespace: cluster.namespace, name: service.metadata.name },
    uid: service.metadata.uid,
    claimName: "models-nvme-a",
    force: false,
    dryRun: false,
    ...change,
  });
const read = () =>
  cluster.writer.read({ namespace: cluster.namespace, name: service.metadata.name });
const flux = { fieldManager: "kustomize-controller", force: true };
const declareByOther = (claimName: string) =>
  cluster.store.apply(
    "inferenceservices",
    serviceManifest(cluster.namespace, service.metadata.name, { modelCache: { claimName } }),
    flux,
  );

describe("claim field writer on an API server", () => {
  it("writes the claim's name and owns nothing else", async () => {
    await apply({});

    const stored = await read();
    expect(stored?.spec).toMatchObject({
      modelRef: "llama-3-8b",
      modelCache: { claimName: "models-nvme-a" },
    });
    const owned = stored?.metadata.managedFields?.find(({ manager }) => manager === "mooring");
    expect(owned).toMatchObject({ operation: "Apply" });
    expect(owned?.fieldsV1).toEqual({ "f:spec": { "f:modelCache": { "f:claimName": {} } } });
  });

  it("writes nothing new when it is written twice", async () => {
    const first = await apply({});
    const second = await apply({});
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it("removes what it owns by leaving it out", async () => {
    await apply({});
    const after = await apply({ claimName: null });

    expect(after.spec.modelCache?.claimName).toBeUndefined();
    expect(after.spec.modelRef).toBe("llama-3-8b");
  });

  it("leaves what another manager holds when it gives up its own", async () => {
    await declareByOther("theirs");
    const after = await apply({ claimName: null });
    expect(after.spec.modelCache?.claimName).toBe("theirs");
  });

  it("is refused another manager's field, with the manager's name, and takes it only by force", async () => {
    await declareByOther("theirs");

    await expect(apply({})).rejects.toMatchObject({
      reason: "Conflict",
      causes: [
        {
          reason: "FieldManagerConflict",
          field: ".spec.modelCache.claimName",
          message: expect.stringContaining("kustomize-controller") as unknown,
        },
      ],
    });
    expect((await read())?.spec.modelCache?.claimName).toBe("theirs");

    const forced = await apply({ force: true });
    expect(forced.spec.modelCache?.claimName).toBe("models-nvme-a");
  });

  it("changes nothing by a dry run, which shows what would be stored", async () => {
    const shown = await apply({ dryRun: true });

    expect(shown.spec.modelCache?.claimName).toBe("models-nvme-a");
    expect((await read())?.spec.modelCache).toBeUndefined();
  });

  it("sets persistence beside the claim when asked to", async () => {
    const after = await apply({ persistence: "Cached" });
    expect(after.spec.modelCache).toEqual({ claimName: "models-nvme-a", persistence: "Cached" });
  });

  it("is told by the API server what cannot be together", async () => {
    await expect(apply({ persistence: "Ephemeral" })).rejects.toMatchObject({ reason: "Invalid" });
  });

  it("never writes to another service of the same name", async () => {
    const uid = uidOf("InferenceService", cluster.namespace, "an earlier one");
    await expect(apply({ uid })).rejects.toMatchObject({
      reason: "Conflict",
      causes: [{ reason: "UIDMismatch", field: "metadata.uid", message: service.metadata.uid }],
    });
    expect((await read())?.spec.modelCache).toBeUndefined();
  });

  it("never makes a service that is gone", async () => {
    const { name, uid } = service.metadata;
    await cluster.store.delete(
      "inferenceservices",
      { namespace: cluster.namespace, name },
      { uid },
    );

    await expect(apply({})).rejects.toMatchObject({ reason: "NotFound" });
    expect(await read()).toBeNull();
  });
});
