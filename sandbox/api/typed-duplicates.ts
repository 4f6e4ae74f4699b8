import { isRecord } from "./json";
import { childSchema, type JsonSchema } from "./schema";
import { isAtomicList, itemElement } from "./typed-value";

type Schema = JsonSchema | undefined;

/** `[name="a"]`, as the API server names an item. */
function keyText(element: string): string {
  const parsed: unknown = JSON.parse(element.slice(2));
  if (!isRecord(parsed)) return `[${JSON.stringify(parsed)}]`;
  const keys = Object.entries(parsed).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${keys.join(",")}]`;
}

function inList(schema: Schema, list: readonly unknown[], path: string): string[] {
  const seen = new Set<string>();
  const told = new Set<string>();
  const below = list.flatMap((item) => {
    const element = itemElement(schema, item);
    if (seen.has(element)) told.add(`${path}: duplicate entries for key ${keyText(element)}`);
    seen.add(element);
    return duplicateItems(schema?.items, item, `${path}${keyText(element)}`);
  });
  return [...told, ...below];
}

/** What an applied configuration names twice in its merged lists, in the words of the API server. */
export function duplicateItems(schema: Schema, value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return isAtomicList(schema) ? [] : inList(schema, value, path);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([field, item]) =>
    duplicateItems(childSchema(schema, field), item, `${path}.${field}`),
  );
}
