import { beforeAll, describe, expect, it } from "vitest";
import { aConfigMap, configMaps, connect, newNamespace, type Json } from "./api-client";

const api = connect();
let path: string;

beforeAll(async () => {
  path = configMaps(await newNamespace(api));
});

const exists = async (name: string) => (await api.get(`${path}/${name}`)).status === 200;

async function withOwner(name: string, owner: Json, extra: Json = {}): Promise<void> {
  const { name: ownerName, uid } = owner["metadata"] as { name: string; uid: string };
  const reference = { apiVersion: "v1", kind: "ConfigMap", name: ownerName, uid, ...extra };
  await api.post(path, aConfigMap(name, { metadata: { ownerReferences: [reference] } }));
}

describe("delete", () => {
  it("answers a Status that names what is gone", async () => {
    const made = await api.post(path, aConfigMap("gone"));
    const { status, body } = await api.delete(`${path}/gone`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: "Status",
      status: "Success",
      details: { name: "gone", kind: "configmaps", uid: made.body["metadata"].uid as string },
    });
    expect(await exists("gone")).toBe(false);
  });

  it("a missing object is NotFound", async () => {
    expect((await api.delete(`${path}/nothing`)).status).toBe(404);
  });

  it("a finalizer holds the object until it is removed", async () => {
    const metadata = { finalizers: ["example.com/hold"] };
    await api.post(path, aConfigMap("held", { metadata }));
    const { body } = await api.delete(`${path}/held`);
    expect(body["metadata"].deletionTimestamp).toBeTruthy();
    expect(await exists("held")).toBe(true);
    const added = await api.patch(`${path}/held`, {
      metadata: { finalizers: ["example.com/hold", "example.com/more"] },
    });
    expect(added.status).toBe(422);
    await api.patch(`${path}/held`, { metadata: { finalizers: null } });
    expect(await exists("held")).toBe(false);
  });

  it("a uid precondition that does not hold is a Conflict", async () => {
    await api.post(path, aConfigMap("guarded"));
    const preconditions = { uid: "00000000-0000-0000-0000-000000000000" };
    const { status, body } = await api.delete(`${path}/guarded`, { preconditions });
    expect(status).toBe(409);
    expect(body["message"]).toContain("does not match the UID in record");
    expect(await exists("guarded")).toBe(true);
  });

  it("a resourceVersion precondition that does not hold is a Conflict", async () => {
    await api.post(path, aConfigMap("versioned"));
    const preconditions = { resourceVersion: "1" };
    expect((await api.delete(`${path}/versioned`, { preconditions })).status).toBe(409);
  });

  it("dryRun=All deletes nothing", async () => {
    await api.post(path, aConfigMap("dry"));
    expect((await api.delete(`${path}/dry?dryRun=All`)).status).toBe(200);
    expect(await exists("dry")).toBe(true);
  });

  it("a collection is deleted by selector", async () => {
    for (const name of ["c1", "c2"]) {
      await api.post(path, aConfigMap(name, { metadata: { labels: { group: "c" } } }));
    }
    await api.post(path, aConfigMap("c3"));
    expect((await api.delete(`${path}?labelSelector=group%3Dc`)).status).toBe(200);
    expect(await Promise.all(["c1", "c2", "c3"].map(exists))).toEqual([false, false, true]);
  });
});

describe("garbage collection", () => {
  const gone = { timeout: 20_000, message: "the dependant to be collected" };

  it("background: dependants follow their owner", async () => {
    const owner = await api.post(path, aConfigMap("owner-b"));
    await withOwner("dependant-b", owner.body);
    await api.delete(`${path}/owner-b`, { propagationPolicy: "Background" });
    await expect.poll(() => exists("dependant-b"), gone).toBe(false);
  });

  it("foreground: the owner goes after the dependants that block it", async () => {
    const owner = await api.post(path, aConfigMap("owner-f"));
    await withOwner("dependant-f", owner.body, { blockOwnerDeletion: true });
    const { body } = await api.delete(`${path}/owner-f`, { propagationPolicy: "Foreground" });
    expect(body["metadata"].finalizers).toEqual(["foregroundDeletion"]);
    await expect.poll(() => exists("dependant-f"), gone).toBe(false);
    await expect.poll(() => exists("owner-f"), gone).toBe(false);
  });

  it("orphan: dependants stay without their owner", async () => {
    const owner = await api.post(path, aConfigMap("owner-o"));
    await withOwner("dependant-o", owner.body);
    await api.delete(`${path}/owner-o`, { propagationPolicy: "Orphan" });
    await expect.poll(() => exists("owner-o"), gone).toBe(false);
    const { body } = await api.get(`${path}/dependant-o`);
    expect(body["metadata"].ownerReferences).toBeUndefined();
  });

  it("a reference to an owner that never was is collected", async () => {
    const metadata = { name: "never", uid: "11111111-1111-1111-1111-111111111111" };
    await withOwner("dependant-n", { metadata });
    await expect.poll(() => exists("dependant-n"), gone).toBe(false);
  });

  it("a namespace takes its content along", async () => {
    const namespace = await newNamespace(api);
    await api.post(configMaps(namespace), aConfigMap("inside"));
    const { body } = await api.delete(`/api/v1/namespaces/${namespace}`);
    expect(body["status"].phase).toBe("Terminating");
    const status = async () => (await api.get(`/api/v1/namespaces/${namespace}`)).status;
    await expect.poll(status, { timeout: 25_000, message: "the namespace to go" }).toBe(404);
  });
});
