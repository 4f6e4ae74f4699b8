import { isRecord, type JsonRecord } from "./json";
import { allowsUnknown, childSchema, isDeclared, type JsonSchema } from "./schema";

export interface UnknownField {
  /** `spec.modelCache.clame` */
  path: string;
  /** Somewhere above it unknown fields are preserved: apply then takes it for untyped and lets it pass. */
  isBelowOpen: boolean;
}

interface Place {
  schema: JsonSchema | undefined;
  path: string;
  isOpen: boolean;
}

/** Drops every field the schema does not know, in place, and reports each. */
export function pruneUnknown(schema: JsonSchema, value: unknown): UnknownField[] {
  return prune({ schema, path: "", isOpen: false }, value);
}

function prune({ schema, path, isOpen }: Place, value: unknown): UnknownField[] {
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((item, index) =>
      prune({ schema: schema?.items, path: `${path}[${index}]`, isOpen }, item),
    );
  }
  if (!isRecord(value) || schema === undefined) return [];
  if (schema["x-kubernetes-embedded-resource"] === true) return [];
  return pruneFields(schema, { schema, path, isOpen }, value);
}

function pruneFields(schema: JsonSchema, place: Place, value: JsonRecord): UnknownField[] {
  const isOpen = place.isOpen || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const unknown: UnknownField[] = [];
  for (const [field, item] of Object.entries(value)) {
    const path = place.path === "" ? field : `${place.path}.${field}`;
    if (!isDeclared(schema, field) && !allowsUnknown(schema)) {
      unknown.push({ path, isBelowOpen: isOpen });
      Reflect.deleteProperty(value, field);
    } else {
      unknown.push(...prune({ schema: childSchema(schema, field), path, isOpen }, item));
    }
  }
  return unknown;
}
