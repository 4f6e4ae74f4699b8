import { replaceEqualDeep } from "@tanstack/react-query";

/** A list kept by the stream. `incoming` holds the chunks of a SYNC that is not whole yet. */
export type LiveList<T> = Readonly<{
  items: readonly T[];
  complete: boolean;
  incoming: readonly T[] | null;
  version: string;
}>;

export type KeyOf<T> = (item: T) => string;

type Sync<T> = Readonly<{ items: readonly T[]; last: boolean; version: string }>;
type Change<T> = Readonly<{
  upserts: readonly T[];
  removals: readonly string[];
  version: string;
}>;

const EMPTY = { items: [], complete: false, incoming: null, version: "" } as const;

/**
 * The list after one SYNC chunk.
 *
 * The first SYNC shows its chunks as they come (worst first); a later one is
 * held back until it is whole, so that no row blinks out in between. Equal
 * items keep their reference; the same list comes back when nothing changed.
 */
export function applySync<T>(
  list: LiveList<T> | undefined,
  sync: Sync<T>,
  keyOf: KeyOf<T>,
): LiveList<T> {
  const current: LiveList<T> = list ?? EMPTY;
  const incoming = [...(current.incoming ?? []), ...sync.items];
  if (!sync.last) {
    const items = current.complete ? current.items : reuse(current.items, incoming, keyOf);
    return { ...current, items, incoming };
  }
  const items = reuse(current.items, incoming, keyOf);
  const unchanged =
    items === current.items &&
    current.complete &&
    current.incoming === null &&
    current.version === sync.version;
  return unchanged ? current : { items, complete: true, incoming: null, version: sync.version };
}

/**
 * The list after one change; before the first SYNC it stays what it was.
 *
 * Returns the same list when every upsert equals what is there and no removal
 * names anything. Never mutates its input.
 */
export function applyChange<T>(
  list: LiveList<T> | undefined,
  change: Change<T>,
  keyOf: KeyOf<T>,
): LiveList<T> | undefined {
  if (list === undefined) return undefined;
  const items = upsert(remove(list.items, change.removals, keyOf), change.upserts, keyOf);
  // A SYNC under way already holds older values of these rows: it must not undo them.
  const incoming =
    list.incoming && upsert(remove(list.incoming, change.removals, keyOf), change.upserts, keyOf);
  if (items === list.items && incoming === list.incoming) return list;
  return { ...list, items, incoming, version: change.version };
}

/** The list with a half-received SYNC dropped: a new connection starts over. */
export function restartSync<T>(list: LiveList<T> | undefined): LiveList<T> | undefined {
  return list === undefined || list.incoming === null ? list : { ...list, incoming: null };
}

function reuse<T>(previous: readonly T[], next: readonly T[], keyOf: KeyOf<T>): readonly T[] {
  const known = new Map(previous.map((item) => [keyOf(item), item]));
  const byKey = new Map<string, T>();
  for (const item of next) {
    const before = known.get(keyOf(item));
    byKey.set(keyOf(item), before === undefined ? item : replaceEqualDeep(before, item));
  }
  const items = [...byKey.values()];
  const same =
    items.length === previous.length && items.every((item, index) => item === previous[index]);
  return same ? previous : items;
}

function remove<T>(
  items: readonly T[],
  removals: readonly string[],
  keyOf: KeyOf<T>,
): readonly T[] {
  if (removals.length === 0) return items;
  const gone = new Set(removals);
  const left = items.filter((item) => !gone.has(keyOf(item)));
  return left.length === items.length ? items : left;
}

function upsert<T>(items: readonly T[], upserts: readonly T[], keyOf: KeyOf<T>): readonly T[] {
  if (upserts.length === 0) return items;
  const fresh = new Map(upserts.map((item) => [keyOf(item), item]));
  const next = items.map((item) => {
    const update = fresh.get(keyOf(item));
    fresh.delete(keyOf(item));
    return update === undefined ? item : replaceEqualDeep(item, update);
  });
  if (fresh.size > 0) return [...next, ...fresh.values()];
  return next.some((item, index) => item !== items[index]) ? next : items;
}
