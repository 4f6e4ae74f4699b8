import { isRecord, type JsonRecord } from "./json";
import type { KubeObject } from "./objects";
import type { Resource } from "./resources";
import { childSchema, type JsonSchema } from "./schema";
import { badRequest } from "./status-error";

type Schema = JsonSchema | undefined;

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

const GO_TYPES: Readonly<Record<string, string>> = {
  string: "string",
  boolean: "bool",
  integer: "int32",
  number: "float64",
};

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: (value) => typeof value === "number",
  number: (value) => typeof value === "number",
  array: Array.isArray,
  object: isRecord,
};

class Mismatch extends Error {}

function assertType(schema: JsonSchema, value: unknown, path: string): void {
  const check = CHECKS[schema.type ?? ""];
  if (check === undefined || check(value)) return;
  const wanted = GO_TYPES[schema.type ?? ""] ?? schema.type ?? "";
  throw new Mismatch(
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ${path} of type ${wanted}`,
  );
}

/** Shown even when empty; every other empty list or map is left out. */
const KEPT_EMPTY = new Set(["rules", "items"]);

function isOmitted(schema: Schema, key: string, value: unknown): boolean {
  if (value === null) return true;
  if (schema === undefined || KEPT_EMPTY.has(key)) return false;
  if (Array.isArray(value)) return value.length === 0 && schema.type === "array";
  const isMap = schema.additionalProperties !== undefined && schema.properties === undefined;
  return isMap && isRecord(value) && Object.keys(value).length === 0;
}

function walkItems(schema: Schema, items: unknown[], path: string): void {
  for (const item of items) {
    if (schema?.items) assertType(schema.items, item, path);
    walkValue(schema?.items, item, path);
  }
}

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** A number counts as its text. */
function quantityText(schema: JsonSchema, value: unknown, path: string): string {
  const text = typeof value === "number" ? String(value) : value;
  assertType(schema, text, path);
  if (typeof text === "string" && QUANTITY.test(text)) return text;
  throw new Mismatch(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

function walkFields(schema: Schema, record: JsonRecord, path: string): void {
  for (const [key, value] of Object.entries(record)) {
    const child = childSchema(schema, key);
    const at = `${path}.${key}`;
    if (isOmitted(child, key, value)) Reflect.deleteProperty(record, key);
    else if (child?.format === "quantity") record[key] = quantityText(child, value, at);
    else {
      if (child) assertType(child, value, at);
      walkValue(child, value, at);
    }
  }
}

/** Numbers where a quantity stands become text; nulls and empty lists are dropped; wrong types are refused. In place. */
function walkValue(schema: Schema, value: unknown, path: string): void {
  if (Array.isArray(value)) walkItems(schema, value, path);
  else if (isRecord(value)) walkFields(schema, value, path);
}

/**
 * What decoding into the kind's type does: for built-ins the whole object, for custom resources metadata only.
 * @throws StatusError BadRequest for a value of the wrong type
 */
export function normalise(resource: Resource, object: KubeObject): void {
  try {
    if (resource.isCustom) {
      const schema = childSchema(resource.schema, "metadata");
      walkValue(schema, object.metadata, "ObjectMeta.metadata");
    } else {
      walkValue(resource.schema, object, resource.kind);
    }
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${error.message}`,
    );
  }
}
