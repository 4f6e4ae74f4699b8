import { isDeepStrictEqual } from "node:util";

/** Which rows a subscriber sees. Filters with the same id see the same rows: messages are shared by it. */
export type StreamFilter = {
  readonly id: string;
  readonly includes: (topic: string, key: string, row: unknown) => boolean;
};

export const EVERYTHING: StreamFilter = { id: "", includes: () => true };

export type Difference = {
  readonly upserts: readonly unknown[];
  readonly removals: readonly string[];
  readonly touched: readonly string[];
};

type Entry = {
  row: unknown;
  /** Version that brought this row, and that last touched it; `UNSENT` until the batch is closed. */
  changedAt: number;
  touchedAt: number;
};
type Tombstone = { readonly row: unknown; removedAt: number };

const UNSENT = Number.POSITIVE_INFINITY;

/**
 * The last value of each row of one topic, each with the version that brought it. Any older version can be told what
 * differs from it, unless it is so old that a removal since then is no longer remembered.
 */
export class StreamTopic {
  readonly name: string;
  readonly #compare: (a: never, b: never) => number;
  readonly #history: number;
  readonly #entries = new Map<string, Entry>();
  readonly #tombstones = new Map<string, Tombstone>();
  readonly #open = new Set<string>();
  #forgottenUpTo = 0;

  constructor(options: {
    readonly name: string;
    readonly compare: (a: never, b: never) => number;
    readonly history: number;
  }) {
    this.name = options.name;
    this.#compare = options.compare;
    this.#history = options.history;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): unknown {
    return this.#entries.get(key)?.row;
  }

  /** false: the row is equal to the one that is there. */
  put(key: string, row: unknown): boolean {
    const entry = this.#entries.get(key);
    if (entry && isDeepStrictEqual(entry.row, row)) return false;
    this.#tombstones.delete(key);
    this.#entries.set(key, { row, changedAt: UNSENT, touchedAt: entry?.touchedAt ?? 0 });
    this.#open.add(key);
    return true;
  }

  /** false: there is no such row. */
  remove(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#entries.delete(key);
    this.#tombstones.set(key, { row: entry.row, removedAt: UNSENT });
    this.#open.add(key);
    return true;
  }

  /** false: there is no such row. */
  touch(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    entry.touchedAt = UNSENT;
    this.#open.add(key);
    return true;
  }

  /** Gives everything that changed since the last call the version `version`; returns the keys. */
  close(version: number): ReadonlySet<string> {
    const keys = new Set(this.#open);
    this.#open.clear();
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry?.changedAt === UNSENT) entry.changedAt = version;
      if (entry?.touchedAt === UNSENT) entry.touchedAt = version;
      const tombstone = this.#tombstones.get(key);
      if (tombstone?.removedAt === UNSENT) tombstone.removedAt = version;
    }
    this.#forget();
    return keys;
  }

  /** What `filter` lets through of everything, worst first. */
  sorted(filter: StreamFilter): readonly unknown[] {
    const rows: unknown[] = [];
    for (const [key, { row }] of this.#entries) {
      if (filter.includes(this.name, key, row)) rows.push(row);
    }
    // The rows are what the owner of `compare` published under this topic.
    return (rows as never[]).sort(this.#compare);
  }

  /** What is different since `version`; null when that cannot be told any more, or is too much to be worth telling. */
  since(version: number, filter: StreamFilter): Difference | null {
    if (version < this.#forgottenUpTo) return null;
    const difference = this.#differenceOf(this.#entries.keys(), version, filter);
    const removals = this.#removalsOf(this.#tombstones.keys(), version, filter);
    if (difference.upserts.length + removals.length > this.#history) return null;
    return { ...difference, removals };
  }

  /** What is different since the version before the last `close`, given the keys it returned. */
  latest(keys: ReadonlySet<string>, version: number, filter: StreamFilter): Difference {
    return {
      ...this.#differenceOf(keys, version - 1, filter),
      removals: this.#removalsOf(keys, version - 1, filter),
    };
  }

  #differenceOf(keys: Iterable<string>, version: number, filter: StreamFilter) {
    const upserts: unknown[] = [];
    const touched: string[] = [];
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (!entry || Math.max(entry.changedAt, entry.touchedAt) <= version) continue;
      if (!filter.includes(this.name, key, entry.row)) continue;
      if (entry.changedAt > version) upserts.push(entry.row);
      else touched.push(key);
    }
    return { upserts, touched };
  }

  #removalsOf(keys: Iterable<string>, version: number, filter: StreamFilter): string[] {
    const removals: string[] = [];
    for (const key of keys) {
      const tombstone = this.#tombstones.get(key);
      if (!tombstone || tombstone.removedAt <= version) continue;
      if (filter.includes(this.name, key, tombstone.row)) removals.push(key);
    }
    return removals;
  }

  /** Tombstones are in the order of their removal, so the first ones are the oldest. */
  #forget(): void {
    for (const [key, { removedAt }] of this.#tombstones) {
      if (this.#tombstones.size <= this.#history) return;
      this.#tombstones.delete(key);
      this.#forgottenUpTo = removedAt;
    }
  }
}
