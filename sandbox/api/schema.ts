import { isRecord } from "./json";

export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
}

/** A structural schema: what a CRD holds, and what the built-in kinds are described by. May be cyclic for built-ins. */
export interface JsonSchema {
  type?: string;
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  required?: string[];
  nullable?: boolean;
  default?: unknown;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-validations"?: ValidationRule[];
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-patch-strategy"?: string;
  [keyword: string]: unknown;
}

export function childSchema(schema: JsonSchema | undefined, field: string): JsonSchema | undefined {
  const declared = schema?.properties;
  if (declared && Object.hasOwn(declared, field)) return declared[field];
  const rest = schema?.additionalProperties;
  return isRecord(rest) ? rest : undefined;
}

export function isDeclared(schema: JsonSchema | undefined, field: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, field);
}

/** May any field stand here? True without a schema, with free maps and with preserved unknown fields. */
export function allowsUnknown(schema: JsonSchema | undefined): boolean {
  if (schema === undefined) return true;
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return true;
  return schema.additionalProperties !== undefined && schema.additionalProperties !== false;
}
