import { remove } from "./deletion";
import { asArray, asText, valueAt } from "./json";
import type { KubeObject } from "./objects";
import type { Resource } from "./resources";
import { change, create, type ApiState } from "./writes";

const MANAGER = "kube-controller-manager";
const CLAIM_PROTECTION = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION = "kubernetes.io/pv-protection";

function mustFind(api: ApiState, id: string): Resource {
  const resource = api.registry.byId(id);
  if (!resource) throw new Error(`the resource ${id} is not served`);
  return resource;
}

function claimNames(pod: KubeObject): string[] {
  return asArray(valueAt(pod, "spec.volumes")).flatMap((volume) => {
    const claim = asText(valueAt(volume, "persistentVolumeClaim.claimName"));
    return claim === "" ? [] : [claim];
  });
}

function isFinished(pod: KubeObject): boolean {
  const phase = asText(valueAt(pod, "status.phase"));
  return phase === "Succeeded" || phase === "Failed";
}

function isClaimUsed(api: ApiState, claim: KubeObject): boolean {
  const { namespace, name } = claim.metadata;
  return api.store
    .snapshot("pods")
    .objects.some(
      (pod) =>
        pod.metadata.namespace === namespace && !isFinished(pod) && claimNames(pod).includes(name),
    );
}

function dropFinalizer(api: ApiState, resource: Resource, { object, finalizer }: Held): void {
  const { namespace, name, uid, finalizers = [] } = object.metadata;
  const before = api.store.get(resource.storage, namespace, name);
  if (before?.metadata.uid !== uid || !finalizers.includes(finalizer)) return;
  const kept = (before.metadata.finalizers ?? []).filter((entry) => entry !== finalizer);
  const after = { ...before, metadata: { ...before.metadata, finalizers: kept } };
  change(api, { resource, namespace, name }, { before, after, manager: MANAGER });
}

interface Held {
  object: KubeObject;
  finalizer: string;
}

/** Lets go of claims that are being deleted once no pod uses them. */
function protectClaims(api: ApiState): (() => void)[] {
  const resource = mustFind(api, "persistentvolumeclaims");
  const settle = (claim: KubeObject | undefined) => {
    if (!claim?.metadata.deletionTimestamp || isClaimUsed(api, claim)) return;
    dropFinalizer(api, resource, { object: claim, finalizer: CLAIM_PROTECTION });
  };
  for (const claim of api.store.snapshot(resource.storage).objects) settle(claim);
  return [
    api.store.subscribe(resource.storage, ({ type, object }) => {
      if (type !== "DELETED") settle(object);
    }),
    api.store.subscribe("pods", ({ type, object }) => {
      if (type !== "DELETED" && !isFinished(object)) return;
      for (const name of claimNames(object)) {
        settle(api.store.get(resource.storage, object.metadata.namespace, name));
      }
    }),
  ];
}

/** Lets go of volumes that are being deleted once they are not bound. */
function protectVolumes(api: ApiState): (() => void)[] {
  const resource = mustFind(api, "persistentvolumes");
  return [
    api.store.subscribe(resource.storage, ({ type, object }) => {
      const isBound = valueAt(object, "status.phase") === "Bound";
      if (type === "DELETED" || !object.metadata.deletionTimestamp || isBound) return;
      dropFinalizer(api, resource, { object, finalizer: VOLUME_PROTECTION });
    }),
  ];
}

function emptyNamespace(api: ApiState, namespace: string): boolean {
  let isEmpty = true;
  for (const resource of api.registry.all()) {
    if (!resource.namespaced || resource.storage !== resource.id) continue;
    for (const object of api.store.snapshot(resource.storage).objects) {
      if (object.metadata.namespace !== namespace) continue;
      const target = { resource, namespace, name: object.metadata.name };
      const held = object.metadata.deletionTimestamp !== undefined;
      const removed = !held && remove(api, target, { propagationPolicy: "Background" }).removed;
      isEmpty &&= removed;
    }
  }
  return isEmpty;
}

/** Empties a namespace that is being deleted, then removes it; gives a new one its default account. */
class NamespaceController {
  readonly #api: ApiState;
  readonly #terminating = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(api: ApiState) {
    this.#api = api;
  }

  learn(namespace: KubeObject): void {
    const { name, deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp === undefined) this.#ensureAccount(name);
    else this.#terminating.add(name);
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #ensureAccount(namespace: string): void {
    const resource = mustFind(this.#api, "serviceaccounts");
    if (this.#api.store.get(resource.storage, namespace, "default")) return;
    const given = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } };
    create(this.#api, { resource, namespace, name: "default" }, { given, manager: MANAGER });
  }

  #schedule(): void {
    if (this.#terminating.size === 0 || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const name of this.#terminating) this.#settle(name);
      this.#schedule();
    }, 50);
    this.#timer.unref();
  }

  #settle(name: string): void {
    const resource = mustFind(this.#api, "namespaces");
    const namespace = this.#api.store.get(resource.storage, undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) {
      this.#terminating.delete(name);
      return;
    }
    if (!emptyNamespace(this.#api, name)) return;
    this.#terminating.delete(name);
    this.#api.store.remove(resource.storage, namespace);
  }
}

/** Starts the controllers without which deletion would not end. Returns how to stop them. */
export function startLifecycleControllers(api: ApiState): () => void {
  const namespaces = new NamespaceController(api);
  for (const namespace of api.store.snapshot("namespaces").objects) namespaces.learn(namespace);
  const stops = [
    ...protectClaims(api),
    ...protectVolumes(api),
    api.store.subscribe("namespaces", ({ type, object }) => {
      if (type !== "DELETED") namespaces.learn(object);
    }),
    () => namespaces.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
