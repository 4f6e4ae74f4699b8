import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { waitUntil } from "../cluster/processes";
import { APPLY_PATCH, connect, items, newNamespace, type Json } from "./api-client";
import { aDefinition } from "./gadget-definition";

const api = connect();
const group = `d${Date.now().toString(36)}.example.com`;
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
let namespace: string;

const path = () => `/apis/${group}/v1/namespaces/${namespace}/gadgets`;
const gadget = (name: string, spec: Json = {}): Json => ({
  apiVersion: `${group}/v1`,
  kind: "Gadget",
  metadata: { name },
  spec,
});
const make = (name: string, spec: Json, query = "") =>
  api.post(`${path()}${query}`, gadget(name, spec));
const fields = (body: Json) => items(body["details"].causes).map(({ field }) => field as string);

beforeAll(async () => {
  namespace = await newNamespace(api);
  const made = await api.post(definitions, aDefinition(group, "gadgets", "Gadget"));
  expect(made.body["message"] as unknown).toBeUndefined();
  await waitUntil("the kind to be served", async () => (await api.get(path())).status === 200);
});

afterAll(async () => {
  await api.delete(`${definitions}/gadgets.${group}`);
});

describe("a definition", () => {
  it("says when it is established", async () => {
    const { body } = await api.get(`${definitions}/gadgets.${group}`);
    const conditions = items(body["status"].conditions).map(
      ({ type, status }) => `${String(type)}=${String(status)}`,
    );
    expect(conditions).toEqual(expect.arrayContaining(["NamesAccepted=True", "Established=True"]));
    expect(body["status"].acceptedNames).toMatchObject({
      singular: "gadget",
      listKind: "GadgetList",
    });
    expect(body["status"].storedVersions).toEqual(["v1"]);
  });

  it("is in discovery, with short names, categories and its subresource", async () => {
    const { body } = await api.get(`/apis/${group}/v1`);
    const resources = items(body["resources"]);
    expect(resources.find(({ name }) => name === "gadgets")).toMatchObject({
      kind: "Gadget",
      singularName: "gadget",
      namespaced: true,
      shortNames: ["gdg"],
      categories: ["all"],
    });
    expect(resources.map(({ name }) => name as string)).toContain("gadgets/status");
  });

  it.each<[string, (made: Json) => void, string]>([
    [
      "another name than its group says",
      (made) => (made["metadata"].name = "x.y.z"),
      "metadata.name",
    ],
    [
      "no schema",
      (made) => delete (items(made["spec"].versions)[0] as Json)["schema"],
      "spec.versions[0].schema.openAPIV3Schema",
    ],
    [
      "a rule that does not compile",
      (made) => {
        const [version] = items(made["spec"].versions);
        (version?.["schema"] as Json)["openAPIV3Schema"].properties.spec[
          "x-kubernetes-validations"
        ] = [{ rule: "self.nothing ==" }];
      },
      "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule",
    ],
  ])("with %s is refused", async (_title, spoil, field) => {
    const made = aDefinition(group, "spoiled", "Spoiled");
    spoil(made);
    const { status, body } = await api.post(definitions, made);
    expect(status).toBe(422);
    expect(fields(body)).toContain(field);
  });
});

describe("defaults and pruning", () => {
  it("defaults go as deep as there are objects", async () => {
    const { body } = await make("defaults", { shallow: {} });
    expect(body["spec"]).toEqual({
      mode: "safe",
      nested: { depth: 2 },
      shallow: { depth: 2 },
      filled: "x",
    });
  });

  it("null is kept where it is allowed, and gives way to a default where not", async () => {
    const { body } = await make("nulls", { note: null, mode: null, filled: null });
    expect(body["spec"]).toMatchObject({ note: null, mode: "safe", filled: null });
  });

  it("what is removed by a patch comes back as its default", async () => {
    await make("again", { mode: "fast" });
    const { body } = await api.patch(`${path()}/again`, { spec: { mode: null } });
    expect(body["spec"].mode).toBe("safe");
  });

  it("unknown fields are dropped, but for parts that keep them and free maps", async () => {
    const spec = { other: 1, free: { any: { thing: [1] } }, labels: { a: "b" }, nested: { x: 1 } };
    const { body } = await make("pruned", spec);
    expect(body["spec"]).toMatchObject({ free: { any: { thing: [1] } }, labels: { a: "b" } });
    expect(body["spec"].other).toBeUndefined();
    expect(body["spec"].nested).toEqual({ depth: 2 });
  });

  it("Strict names every unknown field", async () => {
    const { status, body } = await make(
      "strict",
      { other: 1, nested: { x: 1 } },
      "?fieldValidation=Strict",
    );
    expect(status).toBe(400);
    expect(body["message"]).toContain('unknown field "spec.nested.x"');
    expect(body["message"]).toContain('unknown field "spec.other"');
  });

  it("Ignore says nothing", async () => {
    const { headers } = await make("ignored", { other: 1 }, "?fieldValidation=Ignore");
    expect(headers["warning"]).toBeUndefined();
  });

  it("an integer or a string", async () => {
    expect((await make("port-1", { port: 80 })).status).toBe(201);
    expect((await make("port-2", { port: "http" })).status).toBe(201);
    expect((await make("port-3", { port: true })).status).toBe(422);
  });
});

describe("values", () => {
  it.each<[string, Json, string]>([
    ["a date that is none", { when: "yesterday" }, "spec.when"],
    ["a number at an excluded bound", { ratio: 0 }, "spec.ratio"],
    ["no multiple", { step: 7 }, "spec.step"],
    ["too many items", { tags: ["a", "b", "c", "d"] }, "spec.tags"],
    ["a value twice in a set", { tags: ["a", "a"] }, "spec.tags[1]"],
    ["a key twice in a map list", { parts: [{ name: "a" }, { name: "a" }] }, "spec.parts[1]"],
    ["an item without its required field", { parts: [{ size: 1 }] }, "spec.parts[0].name"],
    ["a value of another type in a map", { labels: { a: 1 } }, "spec.labels.a"],
  ])("%s is refused at its field", async (_title, spec, field) => {
    const { status, body } = await make("value", spec);
    expect(status).toBe(422);
    expect(fields(body)).toContain(field);
  });

  it("status is validated by its own write", async () => {
    await make("status", {});
    const one = `${path()}/status/status`;
    expect((await api.patch(one, { status: { phase: "Sideways" } })).status).toBe(422);
    expect((await api.patch(one, { status: { phase: "Up" } })).body["status"]).toEqual({
      phase: "Up",
    });
  });
});

describe("rules", () => {
  it("a transition rule is not asked on creation, and holds from then on", async () => {
    await make("fixed", { fixed: "a" });
    const refused = await api.patch(`${path()}/fixed`, { spec: { fixed: "b" } });
    expect(refused.status).toBe(422);
    expect(refused.body["message"]).toContain('spec.fixed: Invalid value: "b": may not be changed');
    expect((await api.patch(`${path()}/fixed`, { spec: { mode: "fast" } })).status).toBe(200);
    const removed = await api.patch(`${path()}/fixed`, { spec: { fixed: null } });
    expect(removed.status).toBe(200);
  });

  it("a transition rule of the parent sees a field go", async () => {
    await make("kept", { code: "c-1" });
    const { status, body } = await api.patch(`${path()}/kept`, { spec: { code: null } });
    expect(status).toBe(422);
    expect(body["message"]).toContain("code may not be removed");
  });

  it("messageExpression, reason and fieldPath shape the cause", async () => {
    const { status, body } = await make("shaped", { limits: { low: 3, high: 1 } });
    expect(status).toBe(422);
    expect(body["details"].causes).toEqual([
      {
        reason: "FieldValueForbidden",
        message: "Forbidden: above high",
        field: "spec.limits.low",
      },
    ]);
  });

  it("rules hold for apply too", async () => {
    const config = gadget("ruled", { code: "x" });
    const { status } = await api.patch(`${path()}/ruled?fieldManager=m`, config, APPLY_PATCH);
    expect(status).toBe(422);
  });
});

describe("a schema that becomes stricter", () => {
  const strict = (field: string, schema: Json) => [
    {
      op: "replace",
      path: `/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/${field}`,
      value: schema,
    },
  ];
  const change = async (field: string, schema: Json) => {
    const answer = await api.patch(
      `${definitions}/gadgets.${group}`,
      strict(field, schema),
      "application/json-patch+json",
    );
    expect(answer.status).toBe(200);
  };
  const probe = async (spec: Json) => (await make("probe", spec, "?dryRun=All")).status;

  it("refuses new values, and lets old ones be while they stay as they are", async () => {
    await make("old", { note: "long enough", mode: "fast" });
    await make("old-rule", { code: "c-old" });
    await change("note", { type: "string", nullable: true, maxLength: 4 });
    await change("code", {
      type: "string",
      maxLength: 20,
      "x-kubernetes-validations": [{ rule: "self.startsWith('d-')" }],
    });
    const seen = { timeout: 20_000, message: "the new schema to be used" };
    await expect.poll(() => probe({ note: "long enough" }), seen).toBe(422);
    await expect.poll(() => probe({ code: "c-new" }), seen).toBe(422);
    expect((await api.patch(`${path()}/old`, { spec: { mode: "safe" } })).status).toBe(200);
    expect((await api.patch(`${path()}/old`, { spec: { note: "other, too long" } })).status).toBe(
      422,
    );
    expect((await api.patch(`${path()}/old-rule`, { spec: { mode: "fast" } })).status).toBe(200);
    expect((await api.patch(`${path()}/old-rule`, { spec: { code: "c-other" } })).status).toBe(422);
  });
});
