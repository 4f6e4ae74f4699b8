import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aDeployment,
  configMaps,
  connect,
  deployments,
  items,
  JSON_PATCH,
  newNamespace,
  services,
  aService,
  sortedNames,
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

describe("create", () => {
  it("fills in identity", async () => {
    const { status, body } = await api.post(path, aConfigMap("made"));
    expect(status).toBe(201);
    expect(body["metadata"]).toMatchObject({ name: "made", namespace });
    expect(body["metadata"].uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(body["metadata"].creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("generateName ends in five letters", async () => {
    const { body } = await api.post(path, {
      ...aConfigMap(""),
      metadata: { generateName: "gen-" },
    });
    expect(body["metadata"].name).toMatch(/^gen-[a-z0-9]{5}$/);
  });

  it("a taken name is AlreadyExists", async () => {
    await api.post(path, aConfigMap("taken"));
    const { status, body } = await api.post(path, aConfigMap("taken"));
    expect(status).toBe(409);
    expect(body).toMatchObject({
      reason: "AlreadyExists",
      message: 'configmaps "taken" already exists',
      details: { name: "taken", kind: "configmaps" },
    });
  });

  it("a resourceVersion is refused", async () => {
    const object = aConfigMap("with-version", { metadata: { resourceVersion: "1" } });
    const { body } = await api.post(path, object);
    expect(body["message"]).toBe("resourceVersion should not be set on objects to be created");
  });

  it("an invalid name is Invalid with a cause", async () => {
    const { status, body } = await api.post(path, aConfigMap("Not_A_Name"));
    expect(status).toBe(422);
    expect(body["reason"]).toBe("Invalid");
    expect(body["details"].causes).toMatchObject([
      { reason: "FieldValueInvalid", field: "metadata.name" },
    ]);
  });

  it("an invalid label is Invalid", async () => {
    const { body } = await api.post(path, aConfigMap("l", { metadata: { labels: { a: "b c" } } }));
    expect(body["details"].causes[0].field).toBe("metadata.labels");
  });

  it("a missing namespace is NotFound", async () => {
    const { status, body } = await api.post(configMaps("no-such-namespace"), aConfigMap("x"));
    expect(status).toBe(404);
    expect(body["message"]).toBe('namespaces "no-such-namespace" not found');
  });

  it("another namespace in the object is a bad request", async () => {
    const { status } = await api.post(
      path,
      aConfigMap("x", { metadata: { namespace: "default" } }),
    );
    expect(status).toBe(400);
  });

  it("dryRun=All answers the object and stores nothing", async () => {
    const { status, body } = await api.post(`${path}?dryRun=All`, aConfigMap("dry"));
    expect(status).toBe(201);
    expect(body["metadata"].uid).toBeTruthy();
    expect((await api.get(`${path}/dry`)).status).toBe(404);
  });
});

describe("update", () => {
  it("a stale resourceVersion is a Conflict", async () => {
    const { body } = await api.post(path, aConfigMap("stale"));
    await api.patch(`${path}/stale`, { data: { a: "2" } });
    const answer = await api.put(`${path}/stale`, { ...body, data: { a: "3" } });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      reason: "Conflict",
      message:
        'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it("no change keeps the resourceVersion", async () => {
    const { body } = await api.post(path, aConfigMap("same"));
    const answer = await api.put(`${path}/same`, body);
    expect(answer.body["metadata"].resourceVersion).toBe(body["metadata"].resourceVersion);
  });

  it("another uid is a Conflict", async () => {
    const { body } = await api.post(path, aConfigMap("other-uid"));
    const uid = "00000000-0000-0000-0000-000000000000";
    const answer = await api.put(`${path}/other-uid`, {
      ...body,
      metadata: { ...(body["metadata"] as Json), uid },
    });
    expect(answer.status).toBe(409);
    expect(answer.body["message"]).toContain("Precondition failed: UID in precondition");
  });

  it("a missing object is NotFound", async () => {
    const { status, body } = await api.put(`${path}/nothing`, aConfigMap("nothing"));
    expect(status).toBe(404);
    expect(body["message"]).toBe('configmaps "nothing" not found');
  });

  it("a custom object needs a resourceVersion", async () => {
    await api.post(services(namespace), aService("no-version"));
    const { status } = await api.put(`${services(namespace)}/no-version`, aService("no-version"));
    expect(status).toBe(422);
  });

  it("a name that differs from the URL is a bad request", async () => {
    await api.post(path, aConfigMap("url"));
    expect((await api.put(`${path}/url`, aConfigMap("other"))).status).toBe(400);
  });
});

describe("patch", () => {
  it("merge patch: null removes, nested objects merge", async () => {
    await api.post(path, aConfigMap("merge", { data: { a: "1", b: "2" } }));
    const { body } = await api.patch(`${path}/merge`, { data: { a: null, c: "3" } });
    expect(body["data"]).toEqual({ b: "2", c: "3" });
  });

  it("JSON patch: operations in order", async () => {
    await api.post(path, aConfigMap("json"));
    const { body } = await api.patch(
      `${path}/json`,
      [
        { op: "test", path: "/data/a", value: "1" },
        { op: "replace", path: "/data/a", value: "2" },
        { op: "add", path: "/metadata/annotations", value: { "example.com/b": "3" } },
        { op: "replace", path: "/metadata/annotations/example.com~1b", value: "4" },
        { op: "copy", from: "/data/a", path: "/data/d" },
        { op: "remove", path: "/data/a" },
      ],
      JSON_PATCH,
    );
    expect(body["data"]).toEqual({ d: "2" });
    expect(body["metadata"].annotations).toEqual({ "example.com/b": "4" });
  });

  it("JSON patch: a test that fails is 422 and changes nothing", async () => {
    await api.post(path, aConfigMap("tested"));
    const operations = [
      { op: "test", path: "/data/a", value: "9" },
      { op: "replace", path: "/data/a", value: "2" },
    ];
    const { status, body } = await api.patch(`${path}/tested`, operations, JSON_PATCH);
    expect(status).toBe(422);
    expect(body["reason"]).toBe("Invalid");
    expect((await api.get(`${path}/tested`)).body["data"]).toEqual({ a: "1" });
  });

  it("strategic merge patch: lists merge by their keys", async () => {
    const all = deployments(namespace);
    await api.post(all, aDeployment("strategic"));
    const containers = [
      { name: "engine", env: [{ name: "B", value: "2" }] },
      { name: "second", image: "i:1" },
    ];
    const { body } = await api.patch(
      `${all}/strategic`,
      { spec: { template: { spec: { containers } } } },
      STRATEGIC_PATCH,
    );
    const found = items(body["spec"].template.spec.containers);
    expect(sortedNames(found)).toEqual(["engine", "second"]);
    const engine = found.find((container) => container["name"] === "engine");
    expect(engine?.["image"]).toBe("engine:1");
    expect(sortedNames(engine?.["env"])).toEqual(["A", "B"]);
  });

  it("strategic merge patch: $patch delete removes an item", async () => {
    const all = deployments(namespace);
    await api.post(all, aDeployment("directive"));
    const containers = [{ name: "engine", env: [{ name: "A", $patch: "delete" }] }];
    const { body } = await api.patch(
      `${all}/directive`,
      { spec: { template: { spec: { containers } } } },
      STRATEGIC_PATCH,
    );
    expect(body["spec"].template.spec.containers[0].env).toBeUndefined();
  });

  it("strategic merge patch is not for custom kinds", async () => {
    await api.post(services(namespace), aService("strategic"));
    const { status, body } = await api.patch(
      `${services(namespace)}/strategic`,
      { spec: { replicas: 2 } },
      STRATEGIC_PATCH,
    );
    expect(status).toBe(415);
    expect(body["reason"]).toBe("UnsupportedMediaType");
  });

  it("a resourceVersion in the patch is a precondition", async () => {
    await api.post(path, aConfigMap("precondition"));
    const { status } = await api.patch(`${path}/precondition`, {
      metadata: { resourceVersion: "1" },
      data: { a: "2" },
    });
    expect(status).toBe(409);
  });
});

describe("status and generation", () => {
  it("a write of the object leaves status alone and the reverse", async () => {
    const one = `${services(namespace)}/halves`;
    const made = await api.post(services(namespace), {
      ...aService("halves"),
      status: { phase: "Ready" },
    });
    expect(made.body["status"]).toBeUndefined();
    await api.patch(`${one}/status`, { status: { phase: "Failed" }, spec: { replicas: 5 } });
    const { body } = await api.patch(one, { spec: { replicas: 2 }, status: { phase: "Ready" } });
    expect(body["status"]).toEqual({ phase: "Failed" });
    expect(body["spec"].replicas).toBe(2);
  });

  it("generation counts changes of the spec, not of status or labels", async () => {
    const one = `${services(namespace)}/counted`;
    await api.post(services(namespace), aService("counted"));
    await api.patch(`${one}/status`, { status: { phase: "Ready" } });
    await api.patch(one, { metadata: { labels: { a: "b" } } });
    expect((await api.get(one)).body["metadata"].generation).toBe(1);
    const { body } = await api.patch(one, { spec: { replicas: 3 } });
    expect(body["metadata"].generation).toBe(2);
  });

  it("scale reads and writes replicas only", async () => {
    const one = `${services(namespace)}/scaled`;
    await api.post(services(namespace), aService("scaled"));
    const { body } = await api.get(`${one}/scale`);
    expect(body).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      spec: { replicas: 1 },
    });
    const scaled = await api.patch(`${one}/scale`, { spec: { replicas: 4 } });
    expect(scaled.body["spec"].replicas).toBe(4);
    expect((await api.get(one)).body["spec"].replicas).toBe(4);
  });
});
