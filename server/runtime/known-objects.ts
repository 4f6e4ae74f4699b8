import { keyOf, type Listed, type WatchEvent } from "./list-watch";

/** What is to be told; removals come before upserts (an object that was made anew is in both). */
export type ObjectDelta<T> = {
  readonly upserts: readonly T[];
  readonly removals: readonly string[];
};

type Version = { readonly uid: string; readonly resourceVersion: string };

/** Which version of each object has been told, so that only differences are told. resourceVersions are opaque. */
export class KnownObjects<T extends Listed> {
  #versions = new Map<string, Version>();

  get size(): number {
    return this.#versions.size;
  }

  /** What a full list changes. */
  replace(items: readonly T[]): ObjectDelta<T> {
    const listed = new Set(items.map(keyOf));
    const delta = new DeltaBuilder<T>();
    for (const key of this.#versions.keys()) if (!listed.has(key)) this.#remove(key, delta);
    for (const item of items) this.#upsert(item, delta);
    return delta.build();
  }

  /** What a batch of events changes; of several for one object the last counts. */
  apply(events: readonly WatchEvent<T>[]): ObjectDelta<T> {
    const delta = new DeltaBuilder<T>();
    for (const event of events) {
      if (event.type === "ADDED" || event.type === "MODIFIED") this.#upsert(event.object, delta);
      else if (event.type === "DELETED") this.#remove(keyOf(event.object), delta);
    }
    return delta.build();
  }

  /** The delta never arrived: what it holds is to be told again by the next list. */
  forget(delta: ObjectDelta<T>): void {
    for (const object of delta.upserts) this.#versions.delete(keyOf(object));
  }

  #upsert(object: T, delta: DeltaBuilder<T>): void {
    const key = keyOf(object);
    const { uid, resourceVersion } = object.metadata;
    const known = this.#versions.get(key);
    if (known?.uid === uid && known.resourceVersion === resourceVersion) return;
    if (known && known.uid !== uid) delta.remove(key);
    this.#versions.set(key, { uid, resourceVersion });
    delta.upsert(key, object);
  }

  #remove(key: string, delta: DeltaBuilder<T>): void {
    if (this.#versions.delete(key)) delta.remove(key);
  }
}

class DeltaBuilder<T> {
  readonly #upserts = new Map<string, T>();
  readonly #removals = new Set<string>();

  upsert(key: string, object: T): void {
    this.#upserts.set(key, object);
  }

  remove(key: string): void {
    this.#upserts.delete(key);
    this.#removals.add(key);
  }

  build(): ObjectDelta<T> {
    return { upserts: [...this.#upserts.values()], removals: [...this.#removals] };
  }
}
