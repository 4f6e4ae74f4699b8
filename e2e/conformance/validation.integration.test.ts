import { beforeAll, describe, expect, it } from "vitest";
import {
  aService,
  APPLY_PATCH,
  connect,
  ISVC,
  items,
  newNamespace,
  services,
  sortedNames,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;
let path: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
  path = services(namespace);
});

const causes = (body: Json) =>
  items(body["details"].causes).map(({ reason, field }) => [reason as string, field as string]);

describe("custom kinds", () => {
  it("defaults are filled in", async () => {
    const { body } = await api.post(path, aService("defaulted", { endpoint: {} }));
    expect(body["spec"]).toMatchObject({
      replicas: 1,
      suspend: false,
      runtime: "llamacpp",
      priority: "normal",
      endpoint: { port: 8080, path: "/v1/chat/completions", type: "ClusterIP" },
    });
  });

  it("unknown fields are pruned", async () => {
    const { body } = await api.post(path, aService("pruned", { modelCache: { clame: "x" } }));
    expect(body["spec"].modelCache).toEqual({});
  });

  it("fieldValidation=Strict refuses them by name", async () => {
    const { status, body } = await api.post(
      `${path}?fieldValidation=Strict`,
      aService("strict", { modelCache: { clame: "x" } }),
    );
    expect(status).toBe(400);
    expect(body["message"]).toContain(
      'strict decoding error: unknown field "spec.modelCache.clame"',
    );
  });

  it("apply refuses them, strict or not", async () => {
    const config = aService("declared", { modelCache: { clame: "x" } });
    const { status, body } = await api.patch(
      `${path}/declared?fieldManager=m`,
      config,
      APPLY_PATCH,
    );
    expect(status).toBe(500);
    expect(body["message"]).toContain(".spec.modelCache.clame: field not declared in schema");
  });

  it("a patch with Strict refuses them too", async () => {
    await api.post(path, aService("patched"));
    const { status, body } = await api.patch(`${path}/patched?fieldValidation=Strict`, {
      spec: { modelCache: { clame: "x" } },
    });
    expect(status).toBe(422);
    expect(body["message"]).toContain(
      'strict decoding error: unknown field "spec.modelCache.clame"',
    );
  });

  it("fieldValidation=Warn says so in a header", async () => {
    const { status, headers } = await api.post(
      `${path}?fieldValidation=Warn`,
      aService("warned", { modelCache: { clame: "x" } }),
    );
    expect(status).toBe(201);
    expect(String(headers["warning"])).toContain("spec.modelCache.clame");
  });

  it.each<[string, Json, [string, string][]]>([
    [
      "a missing field",
      { modelRef: undefined },
      [
        ["FieldValueRequired", "spec.modelRef"],
        ["FieldValueInvalid", "<nil>"],
      ],
    ],
    [
      "a value not listed",
      { runtime: "other" },
      [
        ["FieldValueNotSupported", "spec.runtime"],
        ["FieldValueInvalid", "<nil>"],
      ],
    ],
    ["a number too large", { replicas: 11 }, [["FieldValueInvalid", "spec.replicas"]]],
    [
      "a number too small",
      { replicas: -1 },
      [
        ["FieldValueInvalid", "spec.replicas"],
        ["FieldValueInvalid", ".spec.replicas"],
      ],
    ],
    [
      "a text too short",
      { modelCache: { claimName: "" } },
      [["FieldValueInvalid", "spec.modelCache.claimName"]],
    ],
    [
      "a text too long",
      { modelCache: { claimName: "a".repeat(254) } },
      [
        ["FieldValueTooLong", "spec.modelCache.claimName"],
        ["FieldValueInvalid", "<nil>"],
      ],
    ],
    [
      "a wrong pattern",
      { resources: { ephemeralStorage: "lots" } },
      [["FieldValueInvalid", "spec.resources.ephemeralStorage"]],
    ],
    [
      "a wrong type",
      { replicas: "two" },
      [
        ["FieldValueTypeInvalid", "spec.replicas"],
        ["FieldValueInvalid", ".spec.replicas"],
        ["FieldValueInvalid", "<nil>"],
      ],
    ],
    [
      "a rule",
      { modelCache: { claimName: "c", persistence: "Ephemeral" } },
      [["FieldValueInvalid", "spec.modelCache"]],
    ],
    [
      "a rule on draft weights",
      { speculativeDecoding: { type: "draft" } },
      [["FieldValueInvalid", "spec.speculativeDecoding"]],
    ],
  ])("%s is Invalid with its field", async (_title, spec, expected) => {
    const { status, body } = await api.post(path, aService("invalid", spec));
    expect(status).toBe(422);
    expect(body["reason"]).toBe("Invalid");
    expect(body["details"]).toMatchObject({
      name: "invalid",
      group: "inference.llmkube.dev",
      kind: "InferenceService",
    });
    expect(causes(body)).toEqual(expected);
  });

  it("an enum's message lists what is supported", async () => {
    const { body } = await api.post(path, aService("x", { modelCache: { persistence: "Other" } }));
    expect(body["message"]).toBe(
      'InferenceService.inference.llmkube.dev "x" is invalid: [spec.modelCache.persistence: Unsupported value: "Other": supported values: "Cached", "Ephemeral", <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    );
  });

  it("rules hold for patches and apply too", async () => {
    await api.post(path, aService("ruled", { modelCache: { claimName: "c" } }));
    const patch = { spec: { modelCache: { persistence: "Ephemeral" } } };
    expect((await api.patch(`${path}/ruled`, patch)).status).toBe(422);
    const config = { ...aService("ruled"), ...patch };
    const applied = await api.patch(`${path}/ruled?fieldManager=m`, config, APPLY_PATCH);
    expect(applied.status).toBe(422);
  });

  it("a Model's source has its pattern", async () => {
    const models = `${ISVC}/namespaces/${namespace}/models`;
    const model = (source: string) => ({
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "Model",
      metadata: { name: "m" },
      spec: { source },
    });
    expect((await api.post(models, model("HTTP://upper"))).status).toBe(422);
    const { body } = await api.post(models, model("hf://org/repo@main"));
    expect(body["spec"]).toMatchObject({ format: "gguf", refreshPolicy: "IfNotPresent" });
  });

  it("status conditions are one per type", async () => {
    await api.post(path, aService("conditions"));
    const condition = (reason: string) => ({
      type: "Available",
      status: "True",
      reason,
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    });
    const status = { conditions: [condition("One")] };
    await api.patch(
      `${path}/conditions/status?fieldManager=one`,
      { ...aService("conditions"), spec: undefined, status },
      APPLY_PATCH,
    );
    const other = { conditions: [{ ...condition("Two"), type: "Degraded" }] };
    const { body } = await api.patch(
      `${path}/conditions/status?fieldManager=two`,
      { ...aService("conditions"), spec: undefined, status: other },
      APPLY_PATCH,
    );
    expect(sortedNames(body["status"].conditions, "type")).toEqual(["Available", "Degraded"]);
  });
});

describe("a new definition", () => {
  it("adds its kind, and takes it away", async () => {
    const group = `t${Date.now().toString(36)}.example.com`;
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const name = `widgets.${group}`;
    const schema = {
      type: "object",
      properties: {
        spec: {
          type: "object",
          properties: {
            size: { type: "integer", default: 3 },
            limit: { type: "integer" },
            open: {
              type: "object",
              properties: { closed: { type: "object", properties: { known: { type: "string" } } } },
              "x-kubernetes-preserve-unknown-fields": true,
            },
          },
          "x-kubernetes-validations": [
            {
              rule: "!has(self.limit) || self.size <= self.limit",
              message: "larger than its limit",
            },
          ],
        },
      },
    };
    const made = await api.post(definitions, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "widgets", kind: "Widget" },
        versions: [
          { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } },
        ],
      },
    });
    expect(made.status).toBe(201);
    const widgets = `/apis/${group}/v1/namespaces/${namespace}/widgets`;
    const served = async () => (await api.get(widgets)).status;
    await expect.poll(served, { timeout: 20_000, message: "the kind to be served" }).toBe(200);
    const widget = (spec: Json) => ({
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name: "w" },
      spec,
    });
    const refused = await api.post(widgets, widget({ limit: 2 }));
    expect(refused.status).toBe(422);
    expect(refused.body["message"]).toContain("larger than its limit");
    const open = { any: 1, closed: { known: "x" } };
    const { body } = await api.post(widgets, widget({ limit: 3, other: true, open }));
    expect(body["spec"]).toEqual({ size: 3, limit: 3, open });
    const typed = await api.patch(
      `${widgets}/w?fieldManager=m`,
      widget({ other: true }),
      APPLY_PATCH,
    );
    expect(typed.status).toBe(500);
    expect(typed.body["message"]).toContain(".spec.other: field not declared in schema");
    const below = await api.patch(
      `${widgets}/w?fieldManager=m&force=true`,
      widget({ open: { any: 2, closed: { unknown: "x" } } }),
      APPLY_PATCH,
    );
    // What is open makes the fields below it unknown to apply too: they are pruned in place of refused.
    expect(below.body["spec"].open).toEqual({ any: 2, closed: { known: "x" } });
    await api.delete(`${definitions}/${name}`);
    await expect.poll(served, { timeout: 20_000, message: "the kind to be gone" }).toBe(404);
  });
});
