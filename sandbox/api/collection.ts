import type { KubeObject } from "./objects";

/** The order of a list: by namespace, then name, as the keys of etcd sort. */
export function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ""}/${name}`;
}

/** One moment of a collection. Neither array changes any more. */
export interface Snapshot {
  readonly keys: readonly string[];
  readonly objects: readonly KubeObject[];
}

/** The first index whose key is not below the wanted one. */
export function lowerBound(keys: readonly string[], wanted: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The objects of one resource in key order. Reading a snapshot costs nothing; the first write after it copies the
 * two arrays of pointers, never an object.
 */
export class Collection {
  #keys: string[] = [];
  #objects: KubeObject[] = [];
  #shared = false;
  readonly #byKey = new Map<string, KubeObject>();

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): KubeObject | undefined {
    return this.#byKey.get(key);
  }

  snapshot(): Snapshot {
    this.#shared = true;
    return { keys: this.#keys, objects: this.#objects };
  }

  set(key: string, object: KubeObject): void {
    this.#own();
    const index = lowerBound(this.#keys, key);
    if (this.#byKey.has(key)) {
      this.#objects[index] = object;
    } else {
      this.#keys.splice(index, 0, key);
      this.#objects.splice(index, 0, object);
    }
    this.#byKey.set(key, object);
  }

  remove(key: string): void {
    if (!this.#byKey.delete(key)) return;
    this.#own();
    const index = lowerBound(this.#keys, key);
    this.#keys.splice(index, 1);
    this.#objects.splice(index, 1);
  }

  #own(): void {
    if (!this.#shared) return;
    this.#keys = [...this.#keys];
    this.#objects = [...this.#objects];
    this.#shared = false;
  }
}

/** What of a snapshot lies in one namespace; without one, all. */
export function inNamespace(snapshot: Snapshot, namespace: string | undefined): Snapshot {
  if (namespace === undefined || namespace === "") return snapshot;
  const from = lowerBound(snapshot.keys, `${namespace}/`);
  const to = lowerBound(snapshot.keys, `${namespace}0`); // "0" is the character after "/"
  return { keys: snapshot.keys.slice(from, to), objects: snapshot.objects.slice(from, to) };
}
