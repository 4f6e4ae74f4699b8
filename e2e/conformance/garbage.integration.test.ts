import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aDeployment,
  aService,
  configMaps,
  connect,
  deployments,
  items,
  newNamespace,
  services,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;
let path: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
  path = configMaps(namespace);
});

const exists = async (name: string, all = path) => (await api.get(`${all}/${name}`)).status === 200;
const gone = { timeout: 20_000, message: "the dependant to be collected" };
const kept = { finalizers: ["example.com/hold"] };

const reference = (owner: Json, extra: Json = {}): Json => ({
  apiVersion: (owner["apiVersion"] as string | undefined) ?? "v1",
  kind: (owner["kind"] as string | undefined) ?? "ConfigMap",
  name: owner["metadata"].name as string,
  uid: owner["metadata"].uid as string,
  ...extra,
});
const make = async (name: string, metadata: Json = {}) =>
  (await api.post(path, aConfigMap(name, { metadata }))).body;

describe("preconditions and options of a deletion", () => {
  it("goes through when uid and resourceVersion hold", async () => {
    const { metadata } = await make("holds");
    const { uid, resourceVersion } = metadata as { uid: string; resourceVersion: string };
    const preconditions = { uid, resourceVersion };
    expect((await api.delete(`${path}/holds`, { preconditions })).status).toBe(200);
    expect(await exists("holds")).toBe(false);
  });

  it("a wrong resourceVersion is told with both versions", async () => {
    await make("versioned");
    const preconditions = { resourceVersion: "1" };
    const { status, body } = await api.delete(`${path}/versioned`, { preconditions });
    expect(status).toBe(409);
    expect(body["message"]).toMatch(
      /the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)/,
    );
  });

  it("a policy nobody knows is refused", async () => {
    await make("policy");
    const { status } = await api.delete(`${path}/policy`, { propagationPolicy: "Sideways" });
    expect(status).toBe(422);
    expect(await exists("policy")).toBe(true);
  });

  it("the policy may stand in the query", async () => {
    const owner = await make("query-owner");
    await make("query-dependant", { ownerReferences: [reference(owner)] });
    await api.delete(`${path}/query-owner?propagationPolicy=Orphan`);
    await expect.poll(() => exists("query-owner"), gone).toBe(false);
    expect(await exists("query-dependant")).toBe(true);
  });

  it("dryRun in the body deletes nothing", async () => {
    await make("dry");
    expect((await api.delete(`${path}/dry`, { dryRun: ["All"] })).status).toBe(200);
    expect(await exists("dry")).toBe(true);
  });

  it("deleted again while a finalizer holds, it keeps its first moment", async () => {
    await make("twice", kept);
    const first = await api.delete(`${path}/twice`);
    const second = await api.delete(`${path}/twice`);
    const at = (body: Json) => body["metadata"].deletionTimestamp as string;
    expect(at(second.body)).toBe(at(first.body));
    await api.patch(`${path}/twice`, { metadata: { finalizers: null } });
  });

  it("of two finalizers both have to go", async () => {
    await make("pair", { finalizers: ["example.com/a", "example.com/b"] });
    await api.delete(`${path}/pair`);
    await api.patch(`${path}/pair`, { metadata: { finalizers: ["example.com/b"] } });
    expect(await exists("pair")).toBe(true);
    await api.patch(`${path}/pair`, { metadata: { finalizers: [] } });
    expect(await exists("pair")).toBe(false);
  });

  it("a custom object with a finalizer is still written while it is going", async () => {
    const all = services(namespace);
    await api.post(all, { ...aService("going"), metadata: { name: "going", ...kept } });
    await api.delete(`${all}/going`);
    await api.patch(`${all}/going/status`, { status: { phase: "Failed" } });
    const { body } = await api.patch(`${all}/going`, { spec: { replicas: 2 } });
    expect(body).toMatchObject({ spec: { replicas: 2 }, status: { phase: "Failed" } });
    await api.patch(`${all}/going`, { metadata: { finalizers: null } });
    expect(await exists("going", all)).toBe(false);
  });
});

describe("a collection", () => {
  const labelled = (group: string) => ({ labels: { group } });

  it("is deleted as a whole, only in its namespace", async () => {
    const other = await newNamespace(api);
    await api.post(services(other), aService("a"));
    await api.post(services(namespace), aService("here"));
    const { status } = await api.delete(services(other));
    expect(status).toBe(200);
    expect(items((await api.get(services(other))).body["items"])).toEqual([]);
    expect(await exists("here", services(namespace))).toBe(true);
  });

  it("by field selector", async () => {
    await make("f1", labelled("f"));
    await make("f2", labelled("f"));
    await api.delete(`${path}?labelSelector=group%3Df&fieldSelector=metadata.name%3Df1`);
    expect([await exists("f1"), await exists("f2")]).toEqual([false, true]);
  });

  it("dryRun=All deletes none of it", async () => {
    await make("d1", labelled("d"));
    await api.delete(`${path}?labelSelector=group%3Dd&dryRun=All`);
    expect(await exists("d1")).toBe(true);
  });

  it("what a finalizer holds is marked", async () => {
    await make("h1", { ...labelled("h"), ...kept });
    await make("h2", labelled("h"));
    await api.delete(`${path}?labelSelector=group%3Dh`);
    expect((await api.get(`${path}/h1`)).body["metadata"].deletionTimestamp).toBeTruthy();
    expect(await exists("h2")).toBe(false);
    await api.patch(`${path}/h1`, { metadata: { finalizers: null } });
  });
});

describe("garbage collection", () => {
  it("goes down through generations", async () => {
    const first = await make("first");
    const second = await make("second", { ownerReferences: [reference(first)] });
    await make("third", { ownerReferences: [reference(second)] });
    await api.delete(`${path}/first`);
    await expect.poll(() => exists("third"), gone).toBe(false);
    expect(await exists("second")).toBe(false);
  });

  it("with two owners the object stays for the other, without the reference", async () => {
    const [one, two] = [await make("owner-1"), await make("owner-2")];
    await make("shared", { ownerReferences: [reference(one), reference(two)] });
    await api.delete(`${path}/owner-1`);
    const owners = async () => {
      const { body } = await api.get(`${path}/shared`);
      return items(body["metadata"].ownerReferences).map(({ name }) => name as string);
    };
    await expect.poll(owners, gone).toEqual(["owner-2"]);
    await api.delete(`${path}/owner-2`);
    await expect.poll(() => exists("shared"), gone).toBe(false);
  });

  it("a finalizer of the dependant delays it, not its owner", async () => {
    const owner = await make("quick");
    await make("slow", { ownerReferences: [reference(owner)], ...kept });
    await api.delete(`${path}/quick`);
    expect(await exists("quick")).toBe(false);
    const marked = async () =>
      Boolean((await api.get(`${path}/slow`)).body["metadata"].deletionTimestamp);
    await expect.poll(marked, gone).toBe(true);
    await api.patch(`${path}/slow`, { metadata: { finalizers: null } });
    expect(await exists("slow")).toBe(false);
  });

  it("foreground waits for a blocking dependant that a finalizer holds", async () => {
    const owner = await make("front");
    const blocking = reference(owner, { blockOwnerDeletion: true });
    await make("blocks", { ownerReferences: [blocking], ...kept });
    await api.delete(`${path}/front`, { propagationPolicy: "Foreground" });
    const marked = async () =>
      Boolean((await api.get(`${path}/blocks`)).body["metadata"].deletionTimestamp);
    await expect.poll(marked, gone).toBe(true);
    expect(await exists("front")).toBe(true);
    await api.patch(`${path}/blocks`, { metadata: { finalizers: null } });
    await expect.poll(() => exists("front"), gone).toBe(false);
  });

  it("what a custom object owns is collected with it", async () => {
    const { body } = await api.post(services(namespace), aService("parent"));
    const made = aDeployment("child");
    made["metadata"].ownerReferences = [reference(body, { controller: true })];
    await api.post(deployments(namespace), made);
    await api.delete(`${services(namespace)}/parent`);
    await expect.poll(() => exists("child", deployments(namespace)), gone).toBe(false);
  });

  it("two controllers of one object are refused", async () => {
    const [one, two] = [await make("c-1"), await make("c-2")];
    const owners = [reference(one, { controller: true }), reference(two, { controller: true })];
    const { status } = await api.post(
      path,
      aConfigMap("two-controllers", { metadata: { ownerReferences: owners } }),
    );
    expect(status).toBe(422);
  });
});

describe("a namespace that is going", () => {
  it("takes no new objects, and goes when the last finalizer does", async () => {
    const leaving = await newNamespace(api);
    await api.post(configMaps(leaving), aConfigMap("held", { metadata: kept }));
    await api.delete(`/api/v1/namespaces/${leaving}`);
    const { status, body } = await api.post(configMaps(leaving), aConfigMap("late"));
    expect(status).toBe(403);
    expect(body["details"].causes[0]).toMatchObject({ reason: "NamespaceTerminating" });
    await api.patch(`${configMaps(leaving)}/held`, { metadata: { finalizers: null } });
    const present = async () => (await api.get(`/api/v1/namespaces/${leaving}`)).status;
    await expect.poll(present, { timeout: 25_000, message: "the namespace to go" }).toBe(404);
  });
});
