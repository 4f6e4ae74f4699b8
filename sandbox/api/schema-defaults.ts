import { cloneJson, isRecord, type JsonRecord } from "./json";
import { childSchema, type JsonSchema } from "./schema";

function isUnset(child: JsonSchema, value: unknown): boolean {
  return value === undefined || (value === null && child.nullable !== true);
}

function fillFields(schema: JsonSchema, record: JsonRecord): void {
  for (const [field, child] of Object.entries(schema.properties ?? {})) {
    if (child.default !== undefined && isUnset(child, record[field])) {
      record[field] = cloneJson(child.default);
    }
  }
  for (const [field, item] of Object.entries(record)) {
    applySchemaDefaults(childSchema(schema, field), item);
  }
}

/** Fills in the defaults of a structural schema, in place. A null where none is allowed counts as absent. */
export function applySchemaDefaults(schema: JsonSchema | undefined, value: unknown): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) applySchemaDefaults(schema.items, item);
  } else if (isRecord(value)) {
    fillFields(schema, value);
  }
}
