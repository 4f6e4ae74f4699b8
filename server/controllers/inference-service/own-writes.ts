import { isOlderVersion } from "@/server/domain/resource-version";
import type { Clock, WritableKindMap, WritablePlural } from "@/server/ports";

/** A watch that has not told of a write by then will not be waited for. */
export const WRITE_LAG_MS = 5_000;

/** What the watches have shown. */
export interface SeenObjects {
  get<P extends WritablePlural>(plural: P, key: string): WritableKindMap[P] | null;
}

type Written = {
  /** The version that the watch had shown before the write; null when none. */
  readonly before: string | null;
  /** null: it was deleted. */
  readonly object: WritableKindMap[WritablePlural] | null;
  readonly atMs: number;
};

/**
 * The index, ahead of its watch by our own writes: right after a write the answer is what the server stored, so that a pass neither
 * repeats the write nor works on the version before it, nor on one that others wrote before it.
 */
export class OwnWrites implements SeenObjects {
  readonly #seen: SeenObjects;
  readonly #clock: Clock;
  readonly #written = new Map<string, Written>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(seen: SeenObjects, clock: Clock) {
    this.#seen = seen;
    this.#clock = clock;
  }

  get<P extends WritablePlural>(plural: P, key: string): WritableKindMap[P] | null {
    const seen = this.#seen.get(plural, key);
    const id = idOf(plural, key);
    const written = this.#written.get(id);
    if (written === undefined) return seen;
    const fresh = this.#clock.now().getTime() - written.atMs < WRITE_LAG_MS;
    // Recorded under this plural by `record`, whose types tie object and plural together.
    if (fresh && isBehind(seen, written)) return written.object as WritableKindMap[P] | null;
    this.#written.delete(id);
    return seen;
  }

  /** Whether a write of ours is still to be shown by the watch, as of the last `get`. */
  isAhead(plural: WritablePlural, key: string): boolean {
    return this.#written.has(idOf(plural, key));
  }

  /** Writes and remembers what the server stored (null: nothing any more) until the watch shows it, or something later. */
  async record<P extends WritablePlural, O extends WritableKindMap[P] | null>(
    plural: P,
    key: string,
    write: () => Promise<O>,
  ): Promise<O> {
    const before = this.#seen.get(plural, key)?.metadata.resourceVersion ?? null;
    const object = await write();
    const id = idOf(plural, key);
    const atMs = this.#clock.now().getTime();
    this.#forgetBefore(atMs - WRITE_LAG_MS);
    this.#written.delete(id); // so that they stay in the order of their writes
    this.#written.set(id, { before, object, atMs });
    return object;
  }

  /** As `record`; who comes while such a write of the object runs shares its outcome. */
  async recordOnce<P extends WritablePlural>(
    plural: P,
    key: string,
    write: () => Promise<WritableKindMap[P]>,
  ): Promise<void> {
    const id = idOf(plural, key);
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const writing = this.record(plural, key, write).then(() => undefined);
    this.#running.set(id, writing);
    try {
      await writing;
    } finally {
      this.#running.delete(id);
    }
  }

  /** Nobody may ask for them again. */
  #forgetBefore(thenMs: number): void {
    for (const [id, { atMs }] of this.#written) {
      if (atMs > thenMs) return;
      this.#written.delete(id);
    }
  }
}

const idOf = (plural: WritablePlural, key: string): string => `${plural} ${key}`;

type Meta = { readonly uid: string; readonly resourceVersion: string };

function isBehind(seen: { readonly metadata: Meta } | null, written: Written): boolean {
  if (seen === null) return written.before === null && written.object !== null;
  const { resourceVersion } = seen.metadata;
  if (written.object === null) return resourceVersion === written.before;
  const older = isOlderVersion(resourceVersion, written.object.metadata.resourceVersion);
  return older ?? resourceVersion === written.before;
}
