import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { uidOf } from "@/server/testing/builders";
import {
  claimManifest,
  connectTestCluster,
  serviceManifest,
  type TestCluster,
} from "@/server/testing/test-cluster";

const CLAIMS = "persistentvolumeclaims";
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
});
afterAll(() => cluster.stop());

const keyOf = (name: string) => ({ namespace: cluster.namespace, name });
const claim = (name: string, labels: Record<string, string> = {}) => {
  const manifest = claimManifest(cluster.namespace, name);
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
};

describe("object store on an API server", () => {
  it("reads null where there is nothing, also for a name that cannot be", async () => {
    expect(await cluster.store.get(CLAIMS, keyOf("nothing"))).toBeNull();
    expect(await cluster.store.get(CLAIMS, keyOf("a/b"))).toBeNull();
    expect(await cluster.store.get(CLAIMS, keyOf("Not_A_Name"))).toBeNull();
  });

  it("gives cluster-scoped objects an empty namespace", async () => {
    const namespace = await cluster.store.get("namespaces", {
      namespace: "",
      name: cluster.namespace,
    });
    expect(namespace?.metadata).toMatchObject({ name: cluster.namespace, namespace: "" });
  });

  it("creates once", async () => {
    const created = await cluster.store.create(CLAIMS, claim("once"));
    expect(created).toMatchObject({ kind: "PersistentVolumeClaim", metadata: { name: "once" } });

    await expect(cluster.store.create(CLAIMS, claim("once"))).rejects.toMatchObject({
      reason: "AlreadyExists",
    });
  });

  it("tells what is wrong with what is invalid", async () => {
    await expect(
      cluster.store.create("inferenceservices", {
        ...serviceManifest(cluster.namespace, "invalid"),
        spec: {},
      }),
    ).rejects.toMatchObject({
      reason: "Invalid",
      causes: expect.arrayContaining([
        { reason: "FieldValueRequired", field: "spec.modelRef", message: "Required value" },
      ]) as unknown,
    });
  });

  it("lists by label", async () => {
    await cluster.store.create(CLAIMS, claim("red", { colour: "red" }));
    await cluster.store.create(CLAIMS, claim("blue", { colour: "blue" }));

    const { namespace } = cluster;
    const found = await cluster.store.list(CLAIMS, { namespace, labelSelector: "colour=red" });
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["red"]);
    expect(found[0]?.kind).toBe("PersistentVolumeClaim");
  });

  it("applies: creates, updates, and is refused what another manager owns", async () => {
    const service = (owner: string) => ({
      ...serviceManifest(cluster.namespace, "applied"),
      metadata: { namespace: cluster.namespace, name: "applied", labels: { owner } },
    });
    const apply = (owner: string, force = false) =>
      cluster.store.apply("inferenceservices", service(owner), { fieldManager: owner, force });
    const applied = await apply("first");
    const again = await apply("first");
    expect(again.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);

    await expect(apply("second")).rejects.toMatchObject({
      reason: "Conflict",
      causes: [{ reason: "FieldManagerConflict", field: ".metadata.labels.owner" }],
    });
    expect((await apply("second", true)).metadata.labels).toEqual({ owner: "second" });
  });

  it("changes nothing by a dry run", async () => {
    const options = { fieldManager: "first", dryRun: true };
    const applied = await cluster.store.apply(CLAIMS, claim("dry"), options);
    expect(applied.metadata.name).toBe("dry");
    expect(await cluster.store.get(CLAIMS, keyOf("dry"))).toBeNull();
  });

  it("replaces status, and is refused at a stale version", async () => {
    const service = await cluster.store.create(
      "inferenceservices",
      serviceManifest(cluster.namespace, "status"),
    );
    const withPhase = (phase: string) => ({
      ...serviceManifest(cluster.namespace, "status"),
      metadata: { ...service.metadata },
      status: { phase },
    });
    const replaced = await cluster.store.replaceStatus("inferenceservices", withPhase("Creating"));
    expect(replaced).toMatchObject({ status: { phase: "Creating" }, spec: service.spec });

    await expect(
      cluster.store.replaceStatus("inferenceservices", withPhase("Ready")),
    ).rejects.toMatchObject({ reason: "Conflict" });
  });

  it("merges a patch", async () => {
    await cluster.store.create(CLAIMS, claim("patched", { kept: "1", gone: "1" }));
    const patched = await cluster.store.mergePatch(
      CLAIMS,
      keyOf("patched"),
      { metadata: { labels: { gone: null, added: "1" } } },
      { fieldManager: "test" },
    );
    expect(patched.metadata.labels).toEqual({ kept: "1", added: "1" });
  });

  it("deletes only the object that was meant, and is content when it is gone", async () => {
    const { uid } = (
      await cluster.store.create("inferenceservices", serviceManifest(cluster.namespace, "doomed"))
    ).metadata;
    await expect(
      cluster.store.delete("inferenceservices", keyOf("doomed"), { uid: uidOf("x", "y", "z") }),
    ).rejects.toMatchObject({ reason: "Conflict" });

    await cluster.store.delete("inferenceservices", keyOf("doomed"), { uid });
    await cluster.store.delete("inferenceservices", keyOf("doomed"), { uid });
    expect(await cluster.store.get("inferenceservices", keyOf("doomed"))).toBeNull();
  });
});
