import { describe, expect, it } from "vitest";

import { embedCoreSchemas } from "./core-schemas";

const REF = "#/components/schemas/";
const CORE = "io.k8s.api.core.v1.";
const schemas = {
  [`${CORE}LocalObjectReference`]: {
    description: "theirs",
    type: "object",
    properties: { name: { description: "theirs", type: "string", default: "" } },
    "x-kubernetes-map-type": "atomic",
    "x-kubernetes-group-version-kind": [],
  },
  [`${CORE}Toleration`]: {
    type: "object",
    properties: {
      operator: { type: "string", enum: ["Equal", "Exists"] },
      size: { $ref: `${REF}io.k8s.apimachinery.pkg.api.resource.Quantity` },
    },
  },
  [`${CORE}PodResourceClaim`]: {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string", default: "" },
      nested: {
        allOf: [{ $ref: `${REF}${CORE}LocalObjectReference` }],
        default: {},
        description: "theirs",
      },
    },
  },
};

function aDefinition() {
  const gpu = { type: "object", properties: { resourceClaims: { type: "array", items: {} } } };
  const properties = {
    sourceSecretRef: { description: "ours", type: "object" },
    prefetchTolerations: { type: "array", items: { type: "object" } },
    hardware: { type: "object", properties: { gpu } },
  };
  const spec = { type: "object", properties };
  return {
    spec: {
      names: { plural: "models" },
      versions: [{ schema: { openAPIV3Schema: { properties: { spec } } } }],
    },
  };
}

const specOf = (definition: ReturnType<typeof aDefinition>) =>
  definition.spec.versions[0]?.schema.openAPIV3Schema.properties.spec.properties;

describe("embedCoreSchemas", () => {
  it("puts the API's types where they belong, with our descriptions and as structural schemas", () => {
    const embedded = embedCoreSchemas(aDefinition(), schemas);

    const reference = {
      type: "object",
      properties: { name: { type: "string", default: "" } },
      "x-kubernetes-map-type": "atomic",
    };
    const claims = {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string" }, nested: reference },
    };
    expect(specOf(embedded)).toMatchObject({
      sourceSecretRef: { description: "ours", ...reference },
    });
    const { gpu } = specOf(embedded)?.hardware.properties ?? {};
    // What is required gets no default: it would never be missed.
    expect(gpu?.properties.resourceClaims.items).toEqual(claims);
    expect(JSON.stringify(embedded)).not.toMatch(/theirs|\$ref|allOf|group-version/);
  });

  it("lets values through that a newer API may know, and writes quantities in their own form", () => {
    const embedded = specOf(embedCoreSchemas(aDefinition(), schemas));

    const { properties } = embedded?.prefetchTolerations.items as unknown as {
      properties: Record<string, unknown>;
    };
    expect(properties["operator"]).toEqual({ type: "string" });
    expect(properties["size"]).toMatchObject({ "x-kubernetes-int-or-string": true });
  });

  it("changes nothing when done again", () => {
    const once = embedCoreSchemas(aDefinition(), schemas);
    expect(embedCoreSchemas(once, schemas)).toEqual(once);
  });

  it("says which type the API does not have", () => {
    const fewer = Object.entries(schemas).filter(([name]) => name !== `${CORE}Toleration`);
    expect(() => embedCoreSchemas(aDefinition(), Object.fromEntries(fewer))).toThrow(
      "no type io.k8s.api.core.v1.Tol",
    );
  });
});
