import { isDeepStrictEqual } from "node:util";

/** What changed between two flushes. */
export type RowChanges<Row> = {
  readonly upserts: readonly { readonly key: string; readonly row: Row }[];
  readonly removals: readonly string[];
  /** Computed again after a change of their objects, with the same result. */
  readonly touched: readonly string[];
};

/** Rows by key, computed from elsewhere and only when asked to. */
export class LiveRows<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #compute: (key: string) => Row | null;
  /** Key → whether an object changed; else only time went by. */
  readonly #dirty = new Map<string, boolean>();

  constructor(compute: (key: string) => Row | null) {
    this.#compute = compute;
  }

  get(key: string): Row | null {
    return this.#rows.get(key) ?? null;
  }

  list(): readonly Row[] {
    return [...this.#rows.values()];
  }

  entries(): Iterable<[string, Row]> {
    return this.#rows.entries();
  }

  get pending(): boolean {
    return this.#dirty.size > 0;
  }

  /** Its objects changed. */
  markChanged(keys: Iterable<string>): void {
    for (const key of keys) this.#dirty.set(key, true);
  }

  /** The clock went on; an equal row is not even touched. */
  markAged(key: string): void {
    if (!this.#dirty.has(key)) this.#dirty.set(key, false);
  }

  /** Computes up to `limit` dirty rows, oldest mark first, and tells what came out. */
  flush(limit: number): RowChanges<Row> {
    const upserts: { key: string; row: Row }[] = [];
    const removals: string[] = [];
    const touched: string[] = [];
    for (const [key, objectsChanged] of [...this.#dirty].slice(0, limit)) {
      this.#dirty.delete(key);
      const row = this.#compute(key);
      const before = this.#rows.get(key);
      if (row === null) {
        if (this.#rows.delete(key)) removals.push(key);
      } else if (before !== undefined && isDeepStrictEqual(row, before)) {
        if (objectsChanged) touched.push(key);
      } else {
        this.#rows.set(key, row);
        upserts.push({ key, row });
      }
    }
    return { upserts, removals, touched };
  }
}
