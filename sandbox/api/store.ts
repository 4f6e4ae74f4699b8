import { Collection, keyOf, type Snapshot } from "./collection";
import { freezeDeep } from "./json";
import type { KubeObject } from "./objects";

export type EventType = "ADDED" | "MODIFIED" | "DELETED";

export interface StoreEvent {
  type: EventType;
  version: number;
  object: KubeObject;
  /** What was there before: tells whether an object entered or left a selector. */
  previous: KubeObject | undefined;
}

export type StoreListener = (event: StoreEvent) => void;

interface Shelf {
  resource: string;
  collection: Collection;
  events: StoreEvent[];
  /** Events up to this version are no longer kept. */
  compactedAt: number;
  listeners: Set<StoreListener>;
}

interface KeptSnapshot {
  shelf: string;
  version: number;
  snapshot: Snapshot;
}

export interface StoredObject {
  resource: string;
  object: KubeObject;
}

/** All objects of a store, and the version of its last write. */
export interface StoredState {
  version: number;
  objects: readonly StoredObject[];
}

export interface StoreOptions {
  /** What it starts with. Its history is gone: a watch from before answers 410. */
  initial?: StoredState;
  /** Told of every commit before any listener is. */
  onCommit?: (resource: string, event: StoreEvent) => void;
  /** How many events of one resource are kept for watches that reconnect. */
  historyLength?: number;
  onListenerError: (error: unknown) => void;
}

const SNAPSHOTS_KEPT = 64;

/**
 * Objects by resource under one version counter, with their recent history. It knows no kind: rules live in front of it.
 * Listeners are called synchronously, in the order of commits; a listener that writes is served after the present event.
 */
export class Store {
  #version: number;
  #draining = false;
  readonly #shelves = new Map<string, Shelf>();
  readonly #pending: { shelf: Shelf; event: StoreEvent }[] = [];
  #snapshots: KeptSnapshot[] = [];
  readonly #historyLength: number;
  readonly #onListenerError: (error: unknown) => void;
  readonly #onCommit: StoreOptions["onCommit"];
  /** Where history begins. */
  readonly #since: number;

  constructor(options: StoreOptions) {
    this.#historyLength = options.historyLength ?? 20_000;
    this.#onListenerError = options.onListenerError;
    this.#onCommit = options.onCommit;
    this.#version = options.initial?.version ?? 1;
    this.#since = options.initial?.version ?? 0;
    for (const { resource, object } of options.initial?.objects ?? []) {
      const { namespace, name } = object.metadata;
      this.#shelf(resource).collection.set(keyOf(namespace, name), freezeDeep(object));
    }
  }

  get version(): number {
    return this.#version;
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#shelf(resource).collection.get(keyOf(namespace, name));
  }

  snapshot(resource: string): Snapshot {
    return this.#shelf(resource).collection.snapshot();
  }

  /** Keeps a snapshot for the later pages of a list; the oldest are forgotten. */
  keepSnapshot(resource: string, snapshot: Snapshot): number {
    const known = this.#snapshots.some(
      (kept) => kept.shelf === resource && kept.version === this.#version,
    );
    if (!known) this.#snapshots.push({ shelf: resource, version: this.#version, snapshot });
    if (this.#snapshots.length > SNAPSHOTS_KEPT) this.#snapshots.shift();
    return this.#version;
  }

  /** The resource as it was at a version; undefined when history no longer tells. */
  snapshotAt(resource: string, version: number): Snapshot | undefined {
    const kept = this.#snapshots.find(
      (entry) => entry.shelf === resource && entry.version === version,
    );
    return kept?.snapshot ?? this.#rewind(resource, version);
  }

  #rewind(resource: string, version: number): Snapshot | undefined {
    const events = this.eventsSince(resource, version);
    if (events === undefined) return undefined;
    const { keys, objects } = this.snapshot(resource);
    const past = new Collection();
    keys.forEach((key, at) => past.set(key, objects[at] as KubeObject)); // both arrays go together
    for (const { object, previous } of [...events].reverse()) {
      const { namespace, name } = object.metadata;
      if (previous) past.set(keyOf(namespace, name), previous);
      else past.remove(keyOf(namespace, name));
    }
    return past.snapshot();
  }

  /** Stores the object under the next version. The object is frozen; it carries the version afterwards. */
  commit(resource: string, object: KubeObject): KubeObject {
    const shelf = this.#shelf(resource);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const previous = shelf.collection.get(key);
    const stored = this.#stamp(object);
    shelf.collection.set(key, stored);
    this.#record(shelf, {
      type: previous ? "MODIFIED" : "ADDED",
      version: this.#version,
      object: stored,
      previous,
    });
    return stored;
  }

  /** Removes it; the DELETED event carries the last state under the version of the deletion. */
  remove(resource: string, object: KubeObject): KubeObject {
    const shelf = this.#shelf(resource);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const previous = shelf.collection.get(key);
    const last = this.#stamp(object);
    shelf.collection.remove(key);
    this.#record(shelf, { type: "DELETED", version: this.#version, object: last, previous });
    return last;
  }

  /** The events after a version, oldest first; undefined when some of them are gone (410). */
  eventsSince(resource: string, version: number): readonly StoreEvent[] | undefined {
    const shelf = this.#shelf(resource);
    if (version < shelf.compactedAt) return undefined;
    let from = shelf.events.length;
    while (from > 0 && (shelf.events[from - 1]?.version ?? 0) > version) from -= 1;
    return shelf.events.slice(from);
  }

  subscribe(resource: string, listener: StoreListener): () => void {
    const { listeners } = this.#shelf(resource);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Forgets all history and kept snapshots, as etcd's compaction does. */
  compact(): void {
    for (const shelf of this.#shelves.values()) {
      shelf.events = [];
      shelf.compactedAt = this.#version;
    }
    this.#snapshots = [];
  }

  #stamp(object: KubeObject): KubeObject {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    return freezeDeep({ ...object, metadata });
  }

  #record(shelf: Shelf, event: StoreEvent): void {
    this.#onCommit?.(shelf.resource, event);
    shelf.events.push(event);
    if (shelf.events.length > this.#historyLength) {
      const dropped = shelf.events.splice(0, Math.ceil(this.#historyLength / 10));
      shelf.compactedAt = dropped.at(-1)?.version ?? shelf.compactedAt;
    }
    this.#pending.push({ shelf, event });
    if (!this.#draining) this.#drain();
  }

  #drain(): void {
    this.#draining = true;
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) {
      for (const listener of [...next.shelf.listeners]) {
        try {
          listener(next.event);
        } catch (error) {
          this.#onListenerError(error);
        }
      }
    }
    this.#draining = false;
  }

  #shelf(resource: string): Shelf {
    let shelf = this.#shelves.get(resource);
    if (!shelf) {
      shelf = {
        resource,
        collection: new Collection(),
        events: [],
        compactedAt: this.#since,
        listeners: new Set(),
      };
      this.#shelves.set(resource, shelf);
    }
    return shelf;
  }
}
