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

/** Numbers where a quantity stands become text; nulls are dropped; wrong types are refused. In place. */
function walk(schema: Schema, holder: JsonRecord | unknown[], path: string): void {
  for (const [key, value] of Object.entries(holder)) {
    const isList = Array.isArray(holder);
    const child = isList ? schema?.items : childSchema(schema, key);
    const at = isList ? path : `${path}.${key}`;
    if (value === null) {
      if (!isList) Reflect.deleteProperty(holder, key);
      continue;
    }
    if (child?.format === "quantity" && typeof value === "number") {
      Reflect.set(holder, key, String(value));
      continue;
    }
    if (child) assertType(child, value, at);
    if (typeof value === "object") walk(child, value as JsonRecord, at);
  }
}

/**
 * What decoding into the kind's type does: for built-ins the whole object, for custom resources metadata only.
 * @throws StatusError BadRequest for a value of the wrong type
 */
export function normalise(resource: Resource, object: KubeObject): void {
  try {
    if (resource.isCustom) {
      const schema = childSchema(resource.schema, "metadata");
      walk(schema, object.metadata as unknown as JsonRecord, "ObjectMeta.metadata");
    } else {
      walk(resource.schema, object, resource.kind);
    }
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${error.message}`,
    );
  }
}
