import { cloneJson, isRecord } from "./json";
import { childSchema, type JsonSchema } from "./schema";

/** Fills in the defaults of a structural schema, in place. A null where none is allowed counts as absent. */
export function applySchemaDefaults(schema: JsonSchema | undefined, value: unknown): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) applySchemaDefaults(schema.items, item);
    return;
  }
  if (!isRecord(value)) return;
  for (const [field, child] of Object.entries(schema.properties ?? {})) {
    if (child.default === undefined) continue;
    const present = value[field] !== undefined;
    const nulled = value[field] === null && child.nullable !== true;
    if (!present || nulled) value[field] = cloneJson(child.default);
  }
  for (const [field, item] of Object.entries(value)) {
    applySchemaDefaults(childSchema(schema, field), item);
  }
}
