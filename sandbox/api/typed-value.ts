import { FieldSet, FieldSetBuilder } from "./field-set";
import { isRecord, jsonEqual, type JsonRecord } from "./json";
import { childSchema, isDeclared, type JsonSchema } from "./schema";

type Schema = JsonSchema | undefined;

/** List keys with a default: an item without it is the same item as one with the default. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: "TCP" };

export function isAtomicList(schema: Schema): boolean {
  const type = schema?.["x-kubernetes-list-type"];
  return type !== "map" && type !== "set";
}

function isAtomicMap(schema: Schema): boolean {
  return schema?.["x-kubernetes-map-type"] === "atomic";
}

/** How managedFields name an item of a merged list. */
export function itemElement(schema: Schema, item: unknown): string {
  if (schema?.["x-kubernetes-list-type"] === "set") return `v:${JSON.stringify(item)}`;
  const record = isRecord(item) ? item : {};
  const keys: JsonRecord = {};
  for (const key of [...(schema?.["x-kubernetes-list-map-keys"] ?? [])].sort()) {
    const value: unknown = record[key] ?? KEY_DEFAULTS[key];
    if (value !== undefined) keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

function isEmptyRecord(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

function collect(schema: Schema, value: unknown, into: FieldSetBuilder): void {
  if (Array.isArray(value)) {
    if (isAtomicList(schema)) into.insert();
    else for (const item of value) collectItem(schema, item, into);
  } else if (isRecord(value) && !isAtomicMap(schema)) {
    collectFields(schema, value, into);
  } else {
    into.insert();
  }
}

function collectItem(schema: Schema, item: unknown, into: FieldSetBuilder): void {
  const below = into.at(itemElement(schema, item));
  if (isRecord(item)) collect(schema?.items, item, below);
  below.insert();
}

function collectFields(schema: Schema, value: JsonRecord, into: FieldSetBuilder): void {
  for (const [field, item] of Object.entries(value)) {
    const below = into.at(`f:${field}`);
    collect(childSchema(schema, field), item, below);
    if (isEmptyRecord(item) || !isDeclared(schema, field)) below.insert();
  }
}

/** The paths an applied configuration owns. */
export function fieldSetOf(schema: Schema, value: unknown): FieldSet {
  const builder = new FieldSetBuilder();
  if (isRecord(value)) collectFields(schema, value, builder);
  return builder.build();
}

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

interface Builders {
  added: FieldSetBuilder;
  modified: FieldSetBuilder;
  removed: FieldSetBuilder;
}

function descend(builders: Builders, element: string): Builders {
  return {
    added: builders.added.at(element),
    modified: builders.modified.at(element),
    removed: builders.removed.at(element),
  };
}

interface Sides {
  before: unknown;
  after: unknown;
}

function isVoid(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isEmptyRecord(value);
}

function isGranular(schema: Schema, { before, after }: Sides): boolean {
  if (isVoid(before) && isVoid(after)) return false;
  const sides = [before, after].filter((side) => side !== undefined && side !== null);
  if (sides.every(isRecord)) return !isAtomicMap(schema);
  return sides.every((side) => Array.isArray(side)) && !isAtomicList(schema);
}

function compareNode(schema: Schema, sides: Sides, builders: Builders): void {
  const { before, after } = sides;
  if (isGranular(schema, sides)) {
    if (isRecord(before ?? after)) compareFields(schema, sides, builders);
    else compareItems(schema, sides, builders);
  } else if (before !== undefined && after !== undefined && !jsonEqual(before, after)) {
    builders.modified.insert();
  }
  if (before === undefined) builders.added.insert();
  else if (after === undefined) builders.removed.insert();
}

function compareFields(schema: Schema, sides: Sides, builders: Builders): void {
  const before = isRecord(sides.before) ? sides.before : {};
  const after = isRecord(sides.after) ? sides.after : {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[field] === after[field]) continue;
    const below = { before: before[field], after: after[field] };
    compareNode(childSchema(schema, field), below, descend(builders, `f:${field}`));
  }
}

function itemsByElement(schema: Schema, list: unknown): Map<string, unknown> {
  const items = Array.isArray(list) ? (list as unknown[]) : [];
  return new Map(items.map((item) => [itemElement(schema, item), item]));
}

function compareItems(schema: Schema, sides: Sides, builders: Builders): void {
  const before = itemsByElement(schema, sides.before);
  const after = itemsByElement(schema, sides.after);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const below = { before: before.get(element), after: after.get(element) };
    compareNode(schema?.items, below, descend(builders, element));
  }
}

/** What a write added, changed and removed, path by path. Untouched parts that are shared are not looked into. */
export function compareTyped(schema: Schema, before: JsonRecord, after: JsonRecord): Comparison {
  const builders = {
    added: new FieldSetBuilder(),
    modified: new FieldSetBuilder(),
    removed: new FieldSetBuilder(),
  };
  compareFields(schema, { before, after }, builders);
  return {
    added: builders.added.build(),
    modified: builders.modified.build(),
    removed: builders.removed.build(),
  };
}

/** The live value with an applied configuration laid over it. Neither is changed. */
export function mergeTyped(schema: Schema, live: unknown, config: unknown): unknown {
  if (isRecord(live) && isRecord(config) && !isAtomicMap(schema)) {
    const merged: JsonRecord = { ...live };
    for (const [field, value] of Object.entries(config)) {
      merged[field] = mergeTyped(childSchema(schema, field), live[field], value);
    }
    return merged;
  }
  if (Array.isArray(live) && Array.isArray(config) && !isAtomicList(schema)) {
    return mergeItems(schema, live, config);
  }
  return config;
}

/** Items only the live list has keep their place; shared and new ones follow the order of the configuration. */
function mergeItems(schema: Schema, live: unknown[], config: unknown[]): unknown[] {
  const wanted = itemsByElement(schema, config);
  const present = itemsByElement(schema, live);
  const queue = [...wanted];
  const merged: unknown[] = [];
  for (const [element, item] of present) {
    if (!wanted.has(element)) {
      merged.push(item);
      continue;
    }
    takeThrough(element);
  }
  takeThrough(undefined);
  return merged;

  function takeThrough(element: string | undefined): void {
    if (element !== undefined && !queue.some(([key]) => key === element)) return;
    for (let next = queue.shift(); next; next = queue.shift()) {
      merged.push(mergeTyped(schema?.items, present.get(next[0]), next[1]));
      if (next[0] === element) return;
    }
  }
}

/** The value without the paths of the set. */
export function removeItems(schema: Schema, value: unknown, paths: FieldSet): unknown {
  if (paths.children.size === 0) return value;
  if (isRecord(value) && !isAtomicMap(schema)) return removeFields(schema, value, paths);
  if (Array.isArray(value) && !isAtomicList(schema)) {
    return (value as unknown[]).flatMap((item) => {
      const below = paths.child(itemElement(schema, item));
      return below.member ? [] : [removeItems(schema?.items, item, below)];
    });
  }
  return value;
}

function removeFields(schema: Schema, value: JsonRecord, paths: FieldSet): JsonRecord {
  const kept: JsonRecord = {};
  for (const [field, item] of Object.entries(value)) {
    const below = paths.child(`f:${field}`);
    if (!below.member) kept[field] = removeItems(childSchema(schema, field), item, below);
  }
  return kept;
}

/** The set with every declared field on the way to a member made a member too. */
export function withNamedFields(schema: Schema, set: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, below] of set.children) {
    const isField = element.startsWith("f:");
    const field = element.slice(2);
    const inner = withNamedFields(isField ? childSchema(schema, field) : schema?.items, below);
    const named = isField && isDeclared(schema, field);
    children.set(element, named ? inner.union(FieldSet.MEMBER) : inner);
  }
  return new FieldSet(set.member, children);
}
