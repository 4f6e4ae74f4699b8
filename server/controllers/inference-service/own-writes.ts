import type { KindMap, Plural } from "@/server/domain/objects";
import type { Clock } from "@/server/ports";
import type { ObjectIndex } from "@/server/cluster/object-index";

type Reader = Pick<ObjectIndex, "get">;

/** A watch that has not told of a write by then will not be waited for. */
export const WRITE_LAG_MS = 5_000;

type Written = {
  /** The version that the watch had shown before the write; null when none. */
  readonly before: string | null;
  readonly object: KindMap[Plural];
  readonly atMs: number;
};

/**
 * The index, ahead of its watch by our own writes: right after a write the answer is what the server stored, so that a pass neither
 * repeats the write nor works on the version before it.
 */
export class OwnWrites {
  readonly #index: Reader;
  readonly #clock: Clock;
  readonly #written = new Map<string, Written>();

  constructor(index: Reader, clock: Clock) {
    this.#index = index;
    this.#clock = clock;
  }

  get<P extends Plural>(plural: P, key: string): KindMap[P] | null {
    const seen = this.#index.get(plural, key);
    const id = `${plural} ${key}`;
    const written = this.#written.get(id);
    if (written === undefined) return seen;
    const behind = this.seenVersion(plural, key) === written.before;
    const fresh = this.#clock.now().getTime() - written.atMs < WRITE_LAG_MS;
    // Recorded under this plural by `record`, whose types tie object and plural together.
    if (behind && fresh) return written.object as KindMap[P];
    this.#written.delete(id);
    return seen;
  }

  /** The version that the watch has shown last; to be taken before a write. */
  seenVersion(plural: Plural, key: string): string | null {
    return this.#index.get(plural, key)?.metadata.resourceVersion ?? null;
  }

  /** Remembers what the server stored, until the watch shows another version than `before`. */
  record<P extends Plural>(
    plural: P,
    key: string,
    write: { readonly before: string | null; readonly object: KindMap[P] },
  ): void {
    this.#written.set(`${plural} ${key}`, {
      ...write,
      atMs: this.#clock.now().getTime(),
    });
  }
}
