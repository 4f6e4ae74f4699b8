import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aDeployment,
  aService,
  APPLY_PATCH,
  configMaps,
  connect,
  deployments,
  items,
  newNamespace,
  services,
  sortedNames,
  type Answer,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
});

function apply(path: string, object: Json, manager: string, query = ""): Promise<Answer> {
  return api.patch(`${path}?fieldManager=${manager}${query}`, object, APPLY_PATCH);
}

function owned(body: Json, manager: string, subresource?: string): Json {
  const found = items(body["metadata"].managedFields).find(
    (entry) => entry["manager"] === manager && entry["subresource"] === subresource,
  );
  return (found?.["fieldsV1"] ?? {}) as Json;
}

const pod = (spec: Json) => ({ spec: { template: { spec } } });
const withPod = (name: string, spec: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  ...pod(spec),
});
const containersOf = (body: Json) => items(body["spec"].template.spec.containers);
const deployment = (name: string) => `${deployments(namespace)}/${name}`;
const containersOwned = (body: Json, manager: string) =>
  owned(body, manager)["f:spec"]?.["f:template"]?.["f:spec"]?.["f:containers"] as Json | undefined;

describe("associative lists", () => {
  it("an item that is no longer applied is removed, with all below it", async () => {
    const two = [
      { name: "engine", image: "e:1", env: [{ name: "A", value: "1" }] },
      { name: "extra", image: "x:1" },
    ];
    const made = aDeployment("shrinks");
    made["spec"].template.spec.containers = two;
    await apply(deployment("shrinks"), made, "one");
    made["spec"].template.spec.containers = [{ name: "engine", image: "e:1" }];
    const { body } = await apply(deployment("shrinks"), made, "one");
    expect(sortedNames(containersOf(body))).toEqual(["engine"]);
    expect(containersOf(body)[0]?.["env"]).toBeUndefined();
  });

  it("an item that another manager put a field into stays, with that field alone", async () => {
    await apply(deployment("co-owned"), aDeployment("co-owned"), "base");
    const extra = { name: "extra", image: "x:1" };
    await apply(deployment("co-owned"), withPod("co-owned", { containers: [extra] }), "one");
    const env = [{ name: "B", value: "2" }];
    const second = withPod("co-owned", { containers: [{ ...extra, env }] });
    await apply(deployment("co-owned"), second, "two");
    const { body } = await apply(deployment("co-owned"), withPod("co-owned", {}), "one");
    expect(containersOf(body).find(({ name }) => name === "extra")).toMatchObject({
      ...extra,
      env,
    });
    expect(containersOwned(body, "one")).toBeUndefined();
  });

  it("nested lists are merged by their own keys", async () => {
    await apply(deployment("nested"), aDeployment("nested"), "one");
    const env = [{ name: "B", value: "2" }];
    const config = withPod("nested", { containers: [{ name: "engine", env }] });
    const { body } = await apply(deployment("nested"), config, "two");
    expect(sortedNames(containersOf(body)[0]?.["env"])).toEqual(["A", "B"]);
    expect(containersOwned(body, "two")).toEqual({
      'k:{"name":"engine"}': {
        ".": {},
        "f:env": { 'k:{"name":"B"}': { ".": {}, "f:name": {}, "f:value": {} } },
        "f:name": {},
      },
    });
  });

  it("a conflict inside an item names it by its key", async () => {
    await apply(deployment("inside"), aDeployment("inside"), "one");
    const config = withPod("inside", { containers: [{ name: "engine", image: "other:1" }] });
    const { status, body } = await apply(deployment("inside"), config, "two");
    expect(status).toBe(409);
    expect(body["details"].causes[0].field).toBe(
      '.spec.template.spec.containers[name="engine"].image',
    );
  });

  it("ports have two keys, one of them with a default", async () => {
    const made = aDeployment("ports");
    const [engine] = items(made["spec"].template.spec.containers);
    Object.assign(engine ?? {}, { ports: [{ containerPort: 80 }] });
    const { body } = await apply(deployment("ports"), made, "one");
    const container = containersOwned(body, "one")?.['k:{"name":"engine"}'] as Json;
    expect(container["f:ports"]).toEqual({
      'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} },
    });
  });

  it("the same key twice is refused", async () => {
    const twice = [
      { name: "a", image: "a:1" },
      { name: "a", image: "a:2" },
    ];
    const made = aDeployment("twice");
    made["spec"].template.spec.containers = twice;
    const { status, body } = await apply(deployment("twice"), made, "one");
    expect(status).toBe(500);
    expect(body["message"]).toContain('duplicate entries for key [name="a"]');
  });

  it("new items come behind those that are there, in the order applied", async () => {
    const made = aDeployment("order");
    await apply(deployment("order"), made, "one");
    const added = [
      { name: "b", image: "b:1" },
      { name: "a", image: "a:1" },
    ];
    const { body } = await apply(
      deployment("order"),
      withPod("order", { containers: added }),
      "two",
    );
    expect(containersOf(body).map(({ name }) => name as string)).toEqual(["engine", "b", "a"]);
  });
});

describe("sets and atomic values", () => {
  it("a set has an owner for each of its values", async () => {
    const path = `${configMaps(namespace)}/finalizers`;
    const held = (name: string) => aConfigMap("finalizers", { metadata: { finalizers: [name] } });
    await apply(path, held("example.com/a"), "one");
    const { body } = await apply(path, held("example.com/b"), "two");
    expect(body["metadata"].finalizers).toEqual(["example.com/a", "example.com/b"]);
    expect(owned(body, "two")["f:metadata"]).toEqual({
      "f:finalizers": { 'v:"example.com/b"': {} },
    });
    const none = aConfigMap("finalizers");
    const removed = await apply(path, none, "one");
    expect(removed.body["metadata"].finalizers).toEqual(["example.com/b"]);
    await apply(path, none, "two");
  });

  it("an atomic list has one owner: a second applier of another value conflicts", async () => {
    const args = (...list: string[]) => ({ containers: [{ name: "engine", args: list }] });
    await apply(deployment("atomic"), aDeployment("atomic"), "base");
    await apply(deployment("atomic"), withPod("atomic", args("--a")), "one");
    const refused = await apply(deployment("atomic"), withPod("atomic", args("--a", "--b")), "two");
    expect(refused.status).toBe(409);
    expect(refused.body["details"].causes[0].field).toMatch(/\.args$/);
    const forced = withPod("atomic", args("--b"));
    const { body } = await apply(deployment("atomic"), forced, "two", "&force=true");
    expect(containersOf(body)[0]?.["args"]).toEqual(["--b"]);
  });

  it("an atomic map, the selector of a Deployment, is owned as a whole", async () => {
    const { body } = await apply(deployment("selector"), aDeployment("selector"), "one");
    expect(owned(body, "one")["f:spec"]["f:selector"]).toEqual({});
  });
});

describe("two managers", () => {
  const path = (name: string) => `${configMaps(namespace)}/${name}`;
  const data = (name: string, values: Record<string, string>) => aConfigMap(name, { data: values });

  it("force is seen by the one who lost: its next apply conflicts", async () => {
    await apply(path("turns"), data("turns", { a: "1" }), "one");
    await apply(path("turns"), data("turns", { a: "2" }), "two", "&force=true");
    const { status, body } = await apply(path("turns"), data("turns", { a: "1" }), "one");
    expect(status).toBe(409);
    expect(body["message"]).toContain('conflict with "two"');
  });

  it("a conflict ends when the other gives the field up", async () => {
    await apply(path("given"), data("given", { a: "1", b: "1" }), "one");
    expect((await apply(path("given"), data("given", { a: "2" }), "two")).status).toBe(409);
    await apply(path("given"), data("given", { b: "1" }), "one");
    const { status, body } = await apply(path("given"), data("given", { a: "2" }), "two");
    expect(status).toBe(200);
    expect(body["data"]).toEqual({ a: "2", b: "1" });
  });

  it("conflicts with several managers are told for each", async () => {
    await apply(path("many"), data("many", { a: "1" }), "one");
    await apply(path("many"), data("many", { b: "1" }), "two");
    const { body } = await apply(path("many"), data("many", { a: "2", b: "2" }), "three");
    const told = items(body["details"].causes).map(
      (cause) => `${String(cause["message"])}: ${String(cause["field"])}`,
    );
    expect(told.sort()).toEqual(['conflict with "one": .data.a', 'conflict with "two": .data.b']);
  });

  it("a manager that applies nothing has no entry", async () => {
    await apply(path("leaves"), data("leaves", { a: "1" }), "one");
    const { body } = await apply(path("leaves"), { ...data("leaves", {}), data: undefined }, "two");
    expect(items(body["metadata"].managedFields).map(({ manager }) => manager as string)).toEqual([
      "one",
    ]);
  });

  it("the last owner who lets go removes the field", async () => {
    await apply(path("last"), data("last", { a: "1", b: "1" }), "one");
    await apply(path("last"), data("last", { a: "1" }), "two");
    await apply(path("last"), data("last", { b: "1" }), "one");
    const { body } = await apply(path("last"), data("last", {}), "two");
    expect(body["data"]).toEqual({ b: "1" });
  });

  it("what was created by another verb is not removed when an applier lets go of it", async () => {
    await api.post(`${configMaps(namespace)}?fieldManager=maker`, data("made", { a: "1" }));
    await apply(path("made"), data("made", { a: "1" }), "one");
    const { body } = await apply(path("made"), data("made", {}), "one");
    expect(body["data"]).toEqual({ a: "1" });
  });

  it("managedFields that are emptied take ownership away: what was there is nobody's in particular", async () => {
    await apply(path("reset"), data("reset", { a: "1" }), "one");
    const emptied = await api.patch(path("reset"), { metadata: { managedFields: [{}] } });
    expect(emptied.body["metadata"].managedFields).toBeUndefined();
    const { status, body } = await apply(path("reset"), data("reset", { a: "2" }), "two");
    expect(status).toBe(409);
    expect(body["message"]).toContain('conflict with "before-first-apply"');
  });
});

describe("parts of an object", () => {
  it("status is applied apart: what it names of the spec is left out", async () => {
    const one = `${services(namespace)}/status`;
    await api.post(services(namespace), aService("status"));
    const config = { ...aService("status", { replicas: 7 }), status: { phase: "Ready" } };
    const { status, body } = await apply(`${one}/status`, config, "operator");
    expect(status).toBe(200);
    expect(body["status"]).toEqual({ phase: "Ready" });
    expect(body["spec"].replicas).toBe(1);
    expect(owned(body, "operator", "status")).toEqual({ "f:status": { "f:phase": {} } });
  });

  it("two managers of status conflict like any", async () => {
    const one = `${services(namespace)}/contested/status`;
    await api.post(services(namespace), aService("contested"));
    const phase = (value: string) => ({
      ...aService("contested"),
      spec: undefined,
      status: { phase: value },
    });
    await apply(one, phase("Ready"), "one");
    const refused = await apply(one, phase("Failed"), "two");
    expect(refused.status).toBe(409);
    expect(refused.body["details"].causes[0].field).toBe(".status.phase");
    const { body } = await apply(one, phase("Failed"), "two", "&force=true");
    expect(body["status"].phase).toBe("Failed");
  });

  it("status is not created by apply", async () => {
    const one = `${services(namespace)}/none/status`;
    expect((await apply(one, aService("none"), "one")).status).toBe(404);
  });

  it("apply of the object leaves its status out", async () => {
    const one = `${services(namespace)}/quiet`;
    const { body } = await apply(one, { ...aService("quiet"), status: { phase: "Ready" } }, "one");
    expect(body["status"]).toBeUndefined();
    expect(owned(body, "one")["f:status"]).toBeUndefined();
  });

  it("the name in the body must be that of the URL", async () => {
    const { status } = await apply(`${configMaps(namespace)}/url`, aConfigMap("other"), "one");
    expect(status).toBe(400);
  });

  it("labels and annotations are owned one by one", async () => {
    const path = `${configMaps(namespace)}/labels`;
    const labelled = (labels: Json) => ({ ...aConfigMap("labels", { metadata: { labels } }) });
    await apply(path, labelled({ a: "1" }), "one");
    const { body } = await apply(path, labelled({ b: "1" }), "two");
    expect(body["metadata"].labels).toEqual({ a: "1", b: "1" });
    expect(owned(body, "two")["f:metadata"]).toEqual({ "f:labels": { "f:b": {} } });
  });

  it("a stale resourceVersion in the configuration is a Conflict", async () => {
    const path = `${configMaps(namespace)}/stale`;
    await apply(path, aConfigMap("stale"), "one");
    const config = aConfigMap("stale", { metadata: { resourceVersion: "1" }, data: { a: "9" } });
    expect((await apply(path, config, "one")).status).toBe(409);
  });
});
