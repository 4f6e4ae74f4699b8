import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aDeployment,
  aService,
  configMaps,
  connect,
  deployments,
  items,
  JSON_PATCH,
  MERGE_PATCH,
  newNamespace,
  services,
  STRATEGIC_PATCH,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;
let path: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
  path = configMaps(namespace);
});

const jsonPatch = (name: string, operations: Json[]) =>
  api.patch(`${path}/${name}`, operations, JSON_PATCH);
const namesOf = (list: unknown) => items(list).map(({ name }) => name as string);

describe("JSON patch", () => {
  it("move takes a value along", async () => {
    await api.post(path, aConfigMap("move"));
    const { body } = await jsonPatch("move", [{ op: "move", from: "/data/a", path: "/data/b" }]);
    expect(body["data"]).toEqual({ b: "1" });
  });

  it("lists: insert at an index, append, remove by index", async () => {
    const metadata = { finalizers: ["example.com/b"] };
    await api.post(path, aConfigMap("listed", { metadata }));
    const { body } = await jsonPatch("listed", [
      { op: "add", path: "/metadata/finalizers/0", value: "example.com/a" },
      { op: "add", path: "/metadata/finalizers/-", value: "example.com/c" },
      { op: "remove", path: "/metadata/finalizers/1" },
    ]);
    expect(body["metadata"].finalizers).toEqual(["example.com/a", "example.com/c"]);
    await api.patch(`${path}/listed`, { metadata: { finalizers: null } });
  });

  it.each<[string, Json]>([
    ["remove of what is not there", { op: "remove", path: "/data/none" }],
    ["add below what is not there", { op: "add", path: "/none/a", value: "1" }],
    ["an operation nobody knows", { op: "merge", path: "/data/a", value: "1" }],
  ])("%s is refused and changes nothing", async (title, operation) => {
    const name = `refused-${title.replaceAll(" ", "-")}`;
    await api.post(path, aConfigMap(name));
    const { status } = await jsonPatch(name, [{ op: "remove", path: "/data/a" }, operation]);
    expect(status).toBe(422);
    expect((await api.get(`${path}/${name}`)).body["data"]).toEqual({ a: "1" });
  });

  it("replace of what is not there adds it", async () => {
    await api.post(path, aConfigMap("absent"));
    const { body } = await jsonPatch("absent", [{ op: "replace", path: "/data/b", value: "2" }]);
    expect(body["data"]).toEqual({ a: "1", b: "2" });
  });

  it("a test on the resourceVersion makes it conditional", async () => {
    const { body } = await api.post(path, aConfigMap("conditional"));
    const test = { op: "test", path: "/metadata/resourceVersion" };
    const change = { op: "add", path: "/data/b", value: "2" };
    const version = body["metadata"].resourceVersion as string;
    expect((await jsonPatch("conditional", [{ ...test, value: version }, change])).status).toBe(
      200,
    );
    const again = await jsonPatch("conditional", [{ ...test, value: version }, change]);
    expect(again.status).toBe(422);
  });

  it("what is no list of operations is a bad request", async () => {
    await api.post(path, aConfigMap("no-list"));
    const { status } = await api.patch(`${path}/no-list`, { op: "remove" }, JSON_PATCH);
    expect(status).toBe(400);
  });

  it("works on custom kinds", async () => {
    await api.post(services(namespace), aService("json"));
    const operations = [{ op: "add", path: "/spec/modelCache", value: { claimName: "c" } }];
    const { body } = await api.patch(`${services(namespace)}/json`, operations, JSON_PATCH);
    expect(body["spec"].modelCache).toEqual({ claimName: "c" });
  });
});

describe("merge patch", () => {
  it("a list is replaced as a whole", async () => {
    const metadata = { finalizers: ["example.com/a", "example.com/b"] };
    await api.post(path, aConfigMap("whole", { metadata }));
    const patch = { metadata: { finalizers: ["example.com/c"] } };
    const { body } = await api.patch(`${path}/whole`, patch);
    expect(body["metadata"].finalizers).toEqual(["example.com/c"]);
    await api.patch(`${path}/whole`, { metadata: { finalizers: null } });
  });

  it("one that changes nothing keeps the version", async () => {
    const { body } = await api.post(path, aConfigMap("nothing"));
    const answer = await api.patch(`${path}/nothing`, { data: { a: "1" } });
    expect(answer.body["metadata"].resourceVersion).toBe(body["metadata"].resourceVersion);
  });

  it("dryRun=All answers the result and stores nothing", async () => {
    await api.post(path, aConfigMap("dry"));
    const { body } = await api.patch(`${path}/dry?dryRun=All`, { data: { a: "2" } });
    expect(body["data"]).toEqual({ a: "2" });
    expect((await api.get(`${path}/dry`)).body["data"]).toEqual({ a: "1" });
  });

  it("the writer is recorded under the name it gives", async () => {
    await api.post(path, aConfigMap("tracked"));
    const { body } = await api.patch(`${path}/tracked?fieldManager=me`, { data: { b: "1" } });
    const mine = items(body["metadata"].managedFields).find(({ manager }) => manager === "me");
    expect(mine).toMatchObject({ operation: "Update", fieldsV1: { "f:data": { "f:b": {} } } });
  });

  it("of a missing object is NotFound", async () => {
    expect((await api.patch(`${path}/missing`, { data: {} })).status).toBe(404);
  });

  it("the uid cannot be changed", async () => {
    await api.post(path, aConfigMap("uid"));
    const uid = "00000000-0000-0000-0000-000000000000";
    expect((await api.patch(`${path}/uid`, { metadata: { uid } })).status).toBe(422);
  });

  it("another name is refused", async () => {
    await api.post(path, aConfigMap("named"));
    const { status } = await api.patch(`${path}/named`, { metadata: { name: "other" } });
    expect(status).toBe(400);
  });

  it("creationTimestamp stays what it was", async () => {
    const { body } = await api.post(path, aConfigMap("old"));
    const metadata = { creationTimestamp: "2020-01-01T00:00:00Z" };
    const answer = await api.patch(`${path}/old`, { metadata });
    expect(answer.body["metadata"].creationTimestamp).toBe(body["metadata"].creationTimestamp);
  });

  it("force is for apply only", async () => {
    await api.post(path, aConfigMap("force"));
    expect((await api.patch(`${path}/force?force=true`, { data: {} })).status).toBe(422);
  });

  it("a body of another type is UnsupportedMediaType", async () => {
    await api.post(path, aConfigMap("typed"));
    const answer = await api.patch(`${path}/typed`, { data: {} }, "application/json");
    expect(answer.status).toBe(415);
  });
});

describe("strategic merge patch", () => {
  /** The pod spec after a patch of it. */
  async function patched(name: string, before: Json, patch: Json): Promise<Json> {
    const made = aDeployment(name);
    const template = made["spec"].template as Json;
    template["spec"] = { ...(template["spec"] as Json), ...before };
    await api.post(deployments(namespace), made);
    const { status, body } = await api.patch(
      `${deployments(namespace)}/${name}`,
      { spec: { template: { spec: patch } } },
      STRATEGIC_PATCH,
    );
    expect(body["message"] as unknown).toBeUndefined();
    expect(status).toBe(200);
    return body["spec"].template.spec as Json;
  }
  const container = (name: string, rest: Json = {}) => ({ name, image: `${name}:1`, ...rest });

  it("$patch: replace puts the list in place of the old one", async () => {
    const spec = await patched(
      "replaced",
      { containers: [container("a"), container("b")] },
      { containers: [{ $patch: "replace" }, container("c")] },
    );
    expect(namesOf(spec["containers"])).toEqual(["c"]);
  });

  it("$setElementOrder sorts, and what is new comes where it says", async () => {
    const spec = await patched(
      "ordered",
      { containers: [container("a"), container("b")] },
      {
        "$setElementOrder/containers": [{ name: "c" }, { name: "b" }, { name: "a" }],
        containers: [container("c")],
      },
    );
    expect(namesOf(spec["containers"])).toEqual(["c", "b", "a"]);
  });

  it("volumeMounts merge by mountPath, ports by containerPort", async () => {
    const mount = (mountPath: string, rest: Json = {}) => ({ name: "v", mountPath, ...rest });
    const volumes = [{ name: "v", emptyDir: {} }];
    const before = container("a", {
      volumeMounts: [mount("/x"), mount("/y")],
      ports: [{ containerPort: 80, name: "http" }],
    });
    const patch = {
      name: "a",
      volumeMounts: [mount("/y", { readOnly: true })],
      ports: [{ containerPort: 80, name: "web" }],
    };
    const spec = await patched(
      "mounts",
      { volumes, containers: [before] },
      { containers: [patch] },
    );
    const [first] = items(spec["containers"]);
    expect(first?.["volumeMounts"]).toEqual([mount("/x"), mount("/y", { readOnly: true })]);
    expect(first?.["ports"]).toEqual([{ containerPort: 80, name: "web", protocol: "TCP" }]);
  });

  it("lists without a merge key are replaced: args, tolerations", async () => {
    const toleration = (key: string) => ({ key, operator: "Exists" });
    const spec = await patched(
      "atomic",
      { containers: [container("a", { args: ["1", "2"] })], tolerations: [toleration("x")] },
      { containers: [{ name: "a", args: ["3"] }], tolerations: [toleration("y")] },
    );
    expect(items(spec["containers"])[0]?.["args"]).toEqual(["3"]);
    expect(spec["tolerations"]).toEqual([toleration("y")]);
  });

  it("null removes a field, and a volume changes its source with $retainKeys", async () => {
    const spec = await patched(
      "retained",
      { volumes: [{ name: "v", emptyDir: {} }], nodeSelector: { a: "b", c: "d" } },
      {
        nodeSelector: { a: null },
        volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }],
      },
    );
    expect(spec["nodeSelector"]).toEqual({ c: "d" });
    expect(spec["volumes"]).toEqual([{ name: "v", hostPath: { path: "/x", type: "" } }]);
  });

  it("$deleteFromPrimitiveList takes one value out of a list", async () => {
    const metadata = { finalizers: ["example.com/a", "example.com/b"] };
    await api.post(path, aConfigMap("primitive", { metadata }));
    const patch = { metadata: { "$deleteFromPrimitiveList/finalizers": ["example.com/a"] } };
    const { body } = await api.patch(`${path}/primitive`, patch, STRATEGIC_PATCH);
    expect(body["metadata"].finalizers).toEqual(["example.com/b"]);
    await api.patch(`${path}/primitive`, { metadata: { finalizers: null } }, MERGE_PATCH);
  });

  it("ports of a Service merge by their number", async () => {
    const all = `/api/v1/namespaces/${namespace}/services`;
    const port = (number: number, name: string) => ({ port: number, name });
    await api.post(all, {
      metadata: { name: "ports" },
      spec: { ports: [port(80, "http"), port(443, "https")], selector: { app: "x" } },
    });
    const patch = { spec: { ports: [{ port: 80, name: "web" }] } };
    const { body } = await api.patch(`${all}/ports`, patch, STRATEGIC_PATCH);
    const found = items(body["spec"].ports).map(
      (entry) => `${String(entry["name"])} ${String(entry["port"])}`,
    );
    expect(found.sort()).toEqual(["https 443", "web 80"]);
  });

  it("an unknown directive is a bad request", async () => {
    await api.post(deployments(namespace), aDeployment("directive"));
    const patch = { spec: { template: { spec: { $patch: "shuffle" } } } };
    const one = `${deployments(namespace)}/directive`;
    expect((await api.patch(one, patch, STRATEGIC_PATCH)).status).toBeGreaterThanOrEqual(400);
  });
});
