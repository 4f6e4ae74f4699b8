import type { Json } from "./api-client";

const object = (properties: Json, rest: Json = {}): Json => ({
  type: "object",
  properties,
  ...rest,
});
const text = { type: "string" };
const whole = { type: "integer" };

/** Every feature of a schema that the suite asks about, each under its own field of spec. */
const SPEC = {
  mode: { ...text, enum: ["fast", "safe"], default: "safe" },
  nested: object({ depth: { ...whole, default: 2 } }, { default: {} }),
  shallow: object({ depth: { ...whole, default: 2 } }),
  port: { "x-kubernetes-int-or-string": true },
  note: { ...text, nullable: true },
  filled: { ...text, nullable: true, default: "x" },
  free: object({}, { "x-kubernetes-preserve-unknown-fields": true }),
  labels: { type: "object", additionalProperties: text },
  when: { ...text, format: "date-time" },
  ratio: { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 1 },
  step: { ...whole, multipleOf: 5 },
  tags: { type: "array", items: text, maxItems: 3, "x-kubernetes-list-type": "set" },
  parts: {
    type: "array",
    maxItems: 10,
    items: object({ name: text, size: whole }, { required: ["name"] }),
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
  },
  fixed: {
    ...text,
    maxLength: 20,
    "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "may not be changed" }],
  },
  code: {
    ...text,
    maxLength: 20,
    "x-kubernetes-validations": [{ rule: "self.startsWith('c-')", message: "must start with c-" }],
  },
  limits: object(
    { low: whole, high: whole },
    {
      "x-kubernetes-validations": [
        {
          rule: "!has(self.low) || !has(self.high) || self.low <= self.high",
          messageExpression: "self.low > 9 ? 'far above high' : 'above high'",
          reason: "FieldValueForbidden",
          fieldPath: ".low",
        },
      ],
    },
  ),
};

/** The definition of a kind with all of it. */
export const aDefinition = (group: string, plural: string, kind: string): Json => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural, kind, shortNames: ["gdg"], categories: ["all"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: object({
            spec: object(SPEC, {
              "x-kubernetes-validations": [
                {
                  rule: "has(self.code) || !has(oldSelf.code)",
                  message: "code may not be removed",
                },
              ],
            }),
            status: object({ phase: { ...text, enum: ["Up", "Down"] } }),
          }),
        },
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: "Mode", type: "string", jsonPath: ".spec.mode" }],
      },
    ],
  },
});
