import { isRecord, jsonEqual, type JsonRecord } from "./json";
import { childSchema, type JsonSchema } from "./schema";
import type { FieldProblem } from "./status-error";
import { isAtomicList, itemElement } from "./typed-value";

type Schema = JsonSchema | undefined;

interface Node {
  schema: Schema;
  value: unknown;
  /** The stored value on an update. */
  before: unknown;
  path: string;
}

function keysOf(schema: Schema, item: unknown): unknown {
  if (schema?.["x-kubernetes-list-type"] !== "map" || !isRecord(item)) return item;
  const keys: JsonRecord = {};
  for (const key of schema["x-kubernetes-list-map-keys"] ?? []) keys[key] = item[key];
  return keys;
}

function repeated({ schema, path }: Node, list: readonly unknown[]): FieldProblem[] {
  if (isAtomicList(schema)) return [];
  const seen = new Set<string>();
  return list.flatMap((item, index): FieldProblem[] => {
    const element = itemElement(schema, item);
    if (!seen.has(element)) {
      seen.add(element);
      return [];
    }
    const message = `Duplicate value: ${JSON.stringify(keysOf(schema, item))}`;
    return [{ reason: "FieldValueDuplicate", field: `${path}[${index}]`, message }];
  });
}

/** Items that a set or a list with keys holds twice; those that were there before are let pass. */
export function listTypeProblems(node: Node): FieldProblem[] {
  const { schema, value, before, path } = node;
  if (schema === undefined || (before !== undefined && jsonEqual(value, before))) return [];
  if (Array.isArray(value)) {
    const list = value as unknown[];
    const below = list.flatMap((item, index) =>
      listTypeProblems({
        schema: schema.items,
        value: item,
        before: undefined,
        path: `${path}[${index}]`,
      }),
    );
    return [...repeated(node, list), ...below];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([field, item]) =>
    listTypeProblems({
      schema: childSchema(schema, field),
      value: item,
      before: isRecord(before) ? before[field] : undefined,
      path: path === "" ? field : `${path}.${field}`,
    }),
  );
}
