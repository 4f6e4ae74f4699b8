import { decodeFields, encodeFields, FieldSet, printPath } from "./field-set";
import { isRecord, jsonEqual, omit, type JsonRecord } from "./json";
import type { KubeObject, ManagedFieldsEntry, StatusCause } from "./objects";
import type { JsonSchema } from "./schema";
import { applyConflict } from "./status-error";
import {
  compareTyped,
  fieldSetOf,
  mergeTyped,
  removeItems,
  withNamedFields,
  type Comparison,
} from "./typed-value";

export interface Writer {
  manager: string;
  apiVersion: string;
  /** `status` or `scale`; undefined for the object itself. */
  subresource: string | undefined;
  now: string;
}

interface Ownership {
  entry: Omit<ManagedFieldsEntry, "fieldsV1" | "fieldsType">;
  set: FieldSet;
}

type Owners = Map<string, Ownership>;

/** Older update entries are merged into one bucket beyond this number. */
const MAX_UPDATE_MANAGERS = 10;

/** Never owned by anybody: the server or the identity of the object decides them. */
const UNOWNED = decodeFields({
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": {
    ".": {},
    "f:name": {},
    "f:namespace": {},
    "f:creationTimestamp": {},
    "f:selfLink": {},
    "f:uid": {},
    "f:generation": {},
    "f:managedFields": {},
    "f:resourceVersion": {},
  },
});

function identify(entry: Ownership["entry"]): string {
  const version = entry.operation === "Apply" ? "" : entry.apiVersion;
  return JSON.stringify([entry.operation, entry.manager, version, entry.subresource ?? ""]);
}

function decodeOwners(entries: readonly ManagedFieldsEntry[] | undefined): Owners {
  const owners: Owners = new Map();
  for (const encoded of entries ?? []) {
    const entry = omit(encoded, "fieldsV1", "fieldsType");
    owners.set(identify(entry), { entry, set: decodeFields(encoded.fieldsV1) });
  }
  return owners;
}

function byOperationAndTime(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const rank = (entry: ManagedFieldsEntry) =>
    [entry.operation, entry.time ?? "", entry.manager, entry.apiVersion, entry.subresource].join(
      "\0",
    );
  return rank(a) < rank(b) ? -1 : 1;
}

function encodeOwners(owners: Owners): ManagedFieldsEntry[] {
  const entries = [...owners.values()]
    .filter(({ set }) => !set.isEmpty)
    .map(({ entry, set }): ManagedFieldsEntry => {
      const { subresource, ...rest } = entry;
      const fields = { ...rest, fieldsType: "FieldsV1" as const, fieldsV1: encodeFields(set) };
      return subresource ? { ...fields, subresource } : fields;
    });
  return entries.sort(byOperationAndTime);
}

function entryOf(writer: Writer, operation: "Apply" | "Update"): Ownership["entry"] {
  return {
    manager: writer.manager === "" ? "unknown" : writer.manager,
    operation,
    apiVersion: writer.apiVersion,
    time: writer.now,
    ...(writer.subresource ? { subresource: writer.subresource } : {}),
  };
}

/** A write to status touches only status; any other write leaves it alone. */
function inScope(set: FieldSet, writer: Writer, hasStatus: boolean): FieldSet {
  if (writer.subresource === "status") return set.only("f:status");
  return hasStatus ? set.without("f:status") : set;
}

function withoutManaged(object: KubeObject): JsonRecord {
  return { ...object, metadata: omit(object.metadata, "managedFields") };
}

function take(owners: Owners, changed: Comparison, except: string): void {
  const taken = changed.modified.union(changed.added).union(changed.removed);
  for (const [id, owner] of owners) {
    if (id === except) continue;
    const set = owner.set.difference(taken);
    if (set.isEmpty) owners.delete(id);
    else if (!set.equals(owner.set)) owners.set(id, { ...owner, set });
  }
}

function capUpdateManagers(owners: Owners): void {
  const updaters = [...owners].filter(([, { entry }]) => entry.operation === "Update");
  if (updaters.length <= MAX_UPDATE_MANAGERS) return;
  updaters.sort(([, a], [, b]) => ((a.entry.time ?? "") < (b.entry.time ?? "") ? -1 : 1));
  const merged = updaters.slice(0, updaters.length - MAX_UPDATE_MANAGERS + 1);
  const last = merged.at(-1)?.[1];
  if (!last) return;
  for (const [id] of merged) owners.delete(id);
  const entry = { ...omit(last.entry, "subresource"), manager: "ancient-changes" };
  const set = merged.reduce((all, [, owner]) => all.union(owner.set), FieldSet.EMPTY);
  owners.set(identify(entry), { entry, set });
}

/** An empty list, or one of empty entries, gives up all ownership. */
function isManagedFieldsReset(given: readonly unknown[] | undefined): boolean {
  const isEmpty = (entry: unknown) => isRecord(entry) && Object.keys(entry).length === 0;
  return given?.every(isEmpty) === true;
}

/** Who owns what was there before anybody applied, where nothing tells. */
const BEFORE_FIRST_APPLY = "before-first-apply";

function ownersBeforeApply({ live, schema, hasStatus, writer }: ApplyInput): Owners {
  const { managedFields, uid } = live.metadata;
  const isUntold = (managedFields ?? []).length === 0 && Boolean(uid);
  if (!isUntold) return decodeOwners(managedFields);
  const empty = { apiVersion: live.apiVersion, kind: live.kind, metadata: {} } as KubeObject;
  const untold = { ...writer, manager: BEFORE_FIRST_APPLY, subresource: undefined };
  return decodeOwners(trackUpdate(empty, live, { schema, hasStatus, writer: untold }));
}

export interface FieldTracking {
  schema: JsonSchema;
  /** The kind has a status subresource. */
  hasStatus: boolean;
  writer: Writer;
}

/**
 * The managedFields after an update, patch or creation: whatever changed belongs to the writer now, and to nobody else.
 * `before` is the empty object of the kind for a creation. Unchanged input gives the entries of `before`.
 */
export function trackUpdate(
  before: KubeObject,
  after: KubeObject,
  { schema, hasStatus, writer }: FieldTracking,
): ManagedFieldsEntry[] {
  const given = after.metadata.managedFields;
  if (isManagedFieldsReset(given)) return [];
  const owners = decodeOwners(given ?? before.metadata.managedFields);
  const changed = compareTyped(schema, withoutManaged(before), withoutManaged(after));
  const scoped: Comparison = {
    added: inScope(changed.added, writer, hasStatus),
    modified: inScope(changed.modified, writer, hasStatus),
    removed: inScope(changed.removed, writer, hasStatus),
  };
  const entry = entryOf(writer, "Update");
  const id = identify(entry);
  const gained = scoped.added.union(scoped.modified).difference(UNOWNED);
  take(owners, scoped, "");
  if (!gained.isEmpty) {
    owners.set(id, { entry, set: gained.union(owners.get(id)?.set ?? FieldSet.EMPTY) });
    capUpdateManagers(owners);
  }
  return encodeOwners(owners);
}

function describe(entry: Ownership["entry"]): string {
  const name = JSON.stringify(entry.manager);
  const subresource = entry.subresource
    ? ` with subresource ${JSON.stringify(entry.subresource)}`
    : "";
  const version = entry.operation === "Update" ? ` using ${entry.apiVersion}` : "";
  return `${name}${subresource}${version}`;
}

interface FieldConflict {
  owner: string;
  path: string;
}

function conflictMessage(conflicts: readonly FieldConflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first) {
    return `Apply failed with 1 conflict: conflict with ${first.owner}: ${first.path}`;
  }
  const lines = [...new Set(conflicts.map(({ owner }) => owner))].sort().flatMap((owner) => {
    const paths = conflicts.filter((conflict) => conflict.owner === owner);
    return [`conflicts with ${owner}:`, ...paths.map(({ path }) => `- ${path}`)];
  });
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

function findConflicts(owners: Owners, changed: Comparison, except: string): FieldConflict[] {
  const written = changed.modified.union(changed.added);
  return [...owners]
    .filter(([id]) => id !== except)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { entry, set }]) =>
      set
        .intersection(written)
        .paths()
        .map((path) => ({ owner: describe(entry), path: printPath(path) })),
    );
}

function refuse(conflicts: readonly FieldConflict[]): never {
  const causes = conflicts.map(({ owner, path }): StatusCause => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${owner}`,
    field: path,
  }));
  throw applyConflict(conflictMessage(conflicts), causes);
}

/** Drops what the manager applied last time and not now, unless somebody else owns it. */
function prune(
  schema: JsonSchema,
  merged: JsonRecord,
  { last, managed }: { last: FieldSet; managed: FieldSet },
): JsonRecord {
  if (last.isEmpty) return merged;
  const named = (set: FieldSet) => withNamedFields(schema, set);
  const all = named(fieldSetOf(schema, merged));
  const without = removeItems(schema, merged, named(last));
  const stays = named(fieldSetOf(schema, without)).union(named(managed));
  const owned = removeItems(schema, merged, all.difference(stays));
  const gone = all.difference(named(fieldSetOf(schema, owned))).intersection(named(last));
  return removeItems(schema, merged, gone) as JsonRecord;
}

function everything(owners: Owners): FieldSet {
  return [...owners.values()].reduce((all, { set }) => all.union(set), FieldSet.EMPTY);
}

export interface ApplyInput extends FieldTracking {
  live: KubeObject;
  config: JsonRecord;
  force: boolean;
}

/**
 * Server-side apply: the live object with the configuration laid over it and the managedFields that follow.
 * `live` is the empty object for a creation. Never mutates its input.
 * @throws StatusError Conflict, naming each field and its owner, unless forced.
 */
export function applyConfiguration(input: ApplyInput): {
  object: JsonRecord;
  managedFields: ManagedFieldsEntry[];
} {
  const { schema, live, config, writer, hasStatus, force } = input;
  const owners = ownersBeforeApply(input);
  const before = withoutManaged(live);
  const entry = entryOf(writer, "Apply");
  const id = identify(entry);
  const last = owners.get(id)?.set ?? FieldSet.EMPTY;
  const applied = inScope(fieldSetOf(schema, config), writer, hasStatus);
  owners.set(id, { entry, set: applied });
  const merged = mergeTyped(schema, before, config) as JsonRecord;
  const object = prune(schema, merged, { last, managed: everything(owners) });
  const changed = compareTyped(schema, before, object);
  const conflicts = findConflicts(owners, changed, id);
  if (conflicts.length > 0 && !force) refuse(conflicts);
  take(owners, changed, id);
  owners.set(id, { entry, set: applied.difference(UNOWNED) });
  return { object, managedFields: encodeOwners(owners) };
}

function withoutTimes(entries: readonly ManagedFieldsEntry[] | undefined): unknown[] {
  return (entries ?? [])
    .map((entry) => omit(entry, "time"))
    .sort((a, b) => (identify(a) < identify(b) ? -1 : 1));
}

/** Would the write change nothing but the times in managedFields? Then it is not one. */
export function changesNothing(before: KubeObject, after: KubeObject): boolean {
  const strip = (object: KubeObject) => ({
    ...object,
    metadata: omit(object.metadata, "managedFields", "resourceVersion"),
  });
  return (
    jsonEqual(strip(before), strip(after)) &&
    jsonEqual(
      withoutTimes(before.metadata.managedFields),
      withoutTimes(after.metadata.managedFields),
    )
  );
}
