import type { KubeObject, OwnerReference } from "./objects";
import type { Resource } from "./resources";
import { remove } from "./deletion";
import { change, type ApiState, type Target } from "./writes";
import { StatusError } from "./status-error";

const MANAGER = "kube-controller-manager";
const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/** Errors that mean somebody was faster; the next event brings the object back if need be. */
function isSettled(error: unknown): boolean {
  return error instanceof StatusError && [404, 409].includes(error.status.code);
}

/**
 * Deletes what only gone objects own, and carries out foreground and orphan deletion. Follows every resource, also the
 * ones a definition adds later; works through what it has to do after the write that caused it, never inside.
 */
export class GarbageCollector {
  readonly #api: ApiState;
  readonly #onError: (error: unknown) => void;
  readonly #owners = new Map<string, Set<string>>();
  readonly #objects = new Map<string, { resource: Resource; object: KubeObject }>();
  readonly #queue = new Set<string>();
  #scheduled: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(api: ApiState, onError: (error: unknown) => void) {
    this.#api = api;
    this.#onError = onError;
  }

  follow(resource: Resource): () => void {
    const { store } = this.#api;
    for (const object of store.snapshot(resource.storage).objects) this.#learn(resource, object);
    return store.subscribe(resource.storage, ({ type, object }) => {
      if (type === "DELETED") this.#forget(object);
      else this.#learn(resource, object);
    });
  }

  stop(): void {
    this.#stopped = true;
    if (this.#scheduled) clearImmediate(this.#scheduled);
  }

  #learn(resource: Resource, object: KubeObject): void {
    const { uid, ownerReferences, deletionTimestamp, finalizers } = object.metadata;
    this.#objects.set(uid, { resource, object });
    for (const owner of ownerReferences ?? []) {
      this.#dependants(owner.uid).add(uid);
      if (!this.#objects.has(owner.uid)) this.#enqueue(uid);
    }
    const hasPolicy = finalizers?.some((name) => name === FOREGROUND || name === ORPHAN);
    if (deletionTimestamp !== undefined && hasPolicy) this.#enqueue(uid);
  }

  #forget(object: KubeObject): void {
    const { uid, ownerReferences } = object.metadata;
    this.#objects.delete(uid);
    for (const owner of ownerReferences ?? []) {
      this.#owners.get(owner.uid)?.delete(uid);
      if (this.#objects.has(owner.uid)) this.#enqueue(owner.uid);
    }
    for (const dependant of this.#owners.get(uid) ?? []) this.#enqueue(dependant);
  }

  #dependants(uid: string): Set<string> {
    let known = this.#owners.get(uid);
    if (!known) {
      known = new Set();
      this.#owners.set(uid, known);
    }
    return known;
  }

  #enqueue(uid: string): void {
    this.#queue.add(uid);
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      this.#work();
    });
  }

  #work(): void {
    const batch = [...this.#queue];
    this.#queue.clear();
    for (const uid of batch) {
      if (this.#stopped) return;
      try {
        this.#settle(uid);
      } catch (error) {
        if (!isSettled(error)) this.#onError(error);
      }
    }
  }

  #settle(uid: string): void {
    const known = this.#objects.get(uid);
    if (!known) return;
    const { finalizers = [], deletionTimestamp, ownerReferences = [] } = known.object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes(ORPHAN)) this.#orphan(uid);
      else if (finalizers.includes(FOREGROUND)) this.#foreground(uid);
      return;
    }
    const gone = ownerReferences.filter((owner) => this.#isGone(owner, known.object));
    if (gone.length === 0) return;
    if (gone.length === ownerReferences.length) {
      remove(this.#api, this.#target(uid), { uid, propagationPolicy: "Background" });
    } else {
      this.#dropOwners(uid, new Set(gone.map((owner) => owner.uid)));
    }
  }

  /** Gone, or not where the reference says: an owner in another namespace counts as gone. */
  #isGone(owner: OwnerReference, dependant: KubeObject): boolean {
    const known = this.#objects.get(owner.uid);
    if (!known) return !this.#isUnservedKind(owner);
    const { namespace } = known.object.metadata;
    return namespace !== undefined && namespace !== dependant.metadata.namespace;
  }

  #isUnservedKind({ apiVersion, kind }: OwnerReference): boolean {
    return this.#api.registry.byKind(apiVersion, kind) === undefined;
  }

  #foreground(uid: string): void {
    const dependants = [...(this.#owners.get(uid) ?? [])].filter((id) => this.#objects.has(id));
    const blocking = dependants.filter((id) => this.#blocks(id, uid));
    for (const id of dependants) {
      const { deletionTimestamp } = this.#objects.get(id)?.object.metadata ?? {};
      if (deletionTimestamp === undefined) {
        remove(this.#api, this.#target(id), { uid: id, propagationPolicy: "Foreground" });
      }
    }
    if (blocking.every((id) => !this.#objects.has(id))) this.#dropFinalizer(uid, FOREGROUND);
  }

  #blocks(dependant: string, owner: string): boolean {
    const references = this.#objects.get(dependant)?.object.metadata.ownerReferences ?? [];
    return references.some((entry) => entry.uid === owner && entry.blockOwnerDeletion === true);
  }

  #orphan(uid: string): void {
    for (const id of this.#owners.get(uid) ?? []) {
      if (this.#objects.has(id)) this.#dropOwners(id, new Set([uid]));
    }
    this.#dropFinalizer(uid, ORPHAN);
  }

  #dropOwners(uid: string, owners: ReadonlySet<string>): void {
    this.#edit(uid, (metadata) => {
      const kept = (metadata.ownerReferences ?? []).filter((owner) => !owners.has(owner.uid));
      if (kept.length > 0) metadata.ownerReferences = kept;
      else delete metadata.ownerReferences;
    });
  }

  #dropFinalizer(uid: string, finalizer: string): void {
    if (!this.#objects.has(uid)) return;
    this.#edit(uid, (metadata) => {
      metadata.finalizers = (metadata.finalizers ?? []).filter((name) => name !== finalizer);
    });
  }

  #edit(uid: string, edit: (metadata: KubeObject["metadata"]) => void): void {
    const target = this.#target(uid);
    const before = this.#api.store.get(target.resource.storage, target.namespace, target.name);
    if (before?.metadata.uid !== uid) return;
    const metadata = { ...before.metadata };
    edit(metadata);
    change(this.#api, target, { before, after: { ...before, metadata }, manager: MANAGER });
  }

  #target(uid: string): Target {
    const known = this.#objects.get(uid);
    if (!known) throw new Error(`the garbage collector does not know ${uid}`);
    const { namespace, name } = known.object.metadata;
    return { resource: known.resource, namespace, name };
  }
}
