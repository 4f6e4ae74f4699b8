import type { SandboxClient } from "../api/client";
import type { ObjectMeta } from "../api/objects";
import { keyOf } from "./objects";

export type Change<T> = { key: string; object: T; previous: T | undefined; deleted: boolean };

/** One kind in memory, always equal to the store: its watch is called before a write returns. */
export interface Cache<T> {
  get(key: string): T | undefined;
  list(): T[];
  /** Replays what is there, then every change. */
  onChange(listener: (change: Change<T>) => void): void;
  /** A lookup by what `valuesOf` answers for each object. */
  index(valuesOf: (object: T) => readonly string[]): (value: string) => T[];
  stop(): void;
}

type Index<T> = { valuesOf: (object: T) => readonly string[]; keys: Map<string, Set<string>> };

/** Follows one kind of the store. */
export function createCache<T extends { metadata: ObjectMeta }>(
  client: SandboxClient,
  resource: string,
): Cache<T> {
  const objects = new Map<string, T>();
  const indexes: Index<T>[] = [];
  const listeners: ((change: Change<T>) => void)[] = [];

  const stop = client.watch(resource, ({ type, object: received }) => {
    // The store serves under each resource only objects of its kind.
    const object = received as unknown as T;
    const key = keyOf(object);
    const previous = objects.get(key);
    const deleted = type === "DELETED";
    if (deleted) objects.delete(key);
    else objects.set(key, object);
    for (const index of indexes) {
      if (previous !== undefined) unlink(index, key, previous);
      if (!deleted) link(index, key, object);
    }
    for (const listener of listeners) listener({ key, object, previous, deleted });
  });

  return {
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    onChange(listener) {
      listeners.push(listener);
      for (const [key, object] of objects) {
        listener({ key, object, previous: undefined, deleted: false });
      }
    },
    index(valuesOf) {
      const index: Index<T> = { valuesOf, keys: new Map() };
      for (const [key, object] of objects) link(index, key, object);
      indexes.push(index);
      return (value) => [...(index.keys.get(value) ?? [])].flatMap((key) => objects.get(key) ?? []);
    },
    stop,
  };
}

function link<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const keys = index.keys.get(value) ?? new Set();
    keys.add(key);
    index.keys.set(value, keys);
  }
}

function unlink<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const keys = index.keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.keys.delete(value);
  }
}
