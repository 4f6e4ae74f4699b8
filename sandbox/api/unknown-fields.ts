import { isRecord, type JsonRecord } from "./json";
import { allowsUnknown, childSchema, isDeclared, type JsonSchema } from "./schema";

type Schema = JsonSchema | undefined;

/** Drops every field the schema does not know, in place, and reports the path of each: `spec.modelCache.claim`. */
export function pruneUnknown(schema: Schema, value: unknown, path = ""): string[] {
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((item, index) =>
      pruneUnknown(schema?.items, item, `${path}[${index}]`),
    );
  }
  if (!isRecord(value) || schema === undefined) return [];
  if (schema["x-kubernetes-embedded-resource"] === true) return [];
  return pruneFields(schema, value, path);
}

function pruneFields(schema: JsonSchema, value: JsonRecord, path: string): string[] {
  const unknown: string[] = [];
  for (const [field, item] of Object.entries(value)) {
    const at = path === "" ? field : `${path}.${field}`;
    if (!isDeclared(schema, field) && !allowsUnknown(schema)) {
      unknown.push(at);
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- pruning is what this is for
      delete value[field];
    } else {
      unknown.push(...pruneUnknown(childSchema(schema, field), item, at));
    }
  }
  return unknown;
}
