import type { ObjectKey } from "@/server/contract/service-view";
import type { ObjectIndex } from "@/server/cluster/object-index";
import type {
  AnyObject,
  ClusterNode,
  KubeEvent,
  Plural,
  Pod,
  Volume,
} from "@/server/domain/objects";
import { reachesNode } from "@/server/domain/scheduling-selector";
import { SERVICE_LABEL } from "@/server/domain/service-labels";

/** Pods that are gone are remembered so far back: their last events come after them. */
const REMEMBERED_PODS = 5000;

type ChainIndex = Pick<ObjectIndex, "get" | "list" | "usesOf">;

export interface ChainServices {
  /** Services whose chain the object is part of. */
  ofObject(plural: Plural, object: AnyObject): readonly ObjectKey[];
  /** Services whose chain the event is about; null while the pod it names has not been seen. */
  ofEvent(event: KubeEvent): readonly ObjectKey[] | null;
  /** To be called before each batch of changes: which services use which Model is worked out at most once per batch. */
  forgetJoins(): void;
  /** Notes which service a pod belongs to, for what is told about it after its end. */
  rememberPod(pod: Pod): void;
}

/** Answers from the index. */
export function createChainServices(index: ChainIndex): ChainServices {
  return new Chain(index);
}

class Chain implements ChainServices {
  readonly #index: ChainIndex;
  readonly #pods = new Map<string, ObjectKey>();
  #byModel: Users | null = null;

  constructor(index: ChainIndex) {
    this.#index = index;
  }

  ofObject(plural: Plural, object: AnyObject): readonly ObjectKey[] {
    const { namespace, name } = object.metadata;
    switch (plural) {
      case "inferenceservices":
        return [{ namespace, name }];
      case "persistentvolumeclaims":
        return this.#usersOfClaim({ namespace, name });
      case "models":
        return this.#usersOfModel({ namespace, name });
      case "persistentvolumes":
        // `plural` says what the object is.
        return this.#usersOfVolume(object as Volume);
      case "nodes":
        return this.#usersOfNode(object as ClusterNode);
      case "pods":
      case "deployments":
        return labelled(object);
      default:
        return [];
    }
  }

  ofEvent({ involvedObject, metadata }: KubeEvent): readonly ObjectKey[] | null {
    const { name = "", namespace = metadata.namespace } = involvedObject;
    const key = { namespace, name };
    switch (involvedObject.kind) {
      case "InferenceService":
        return [key];
      case "Pod":
        return this.#ofPod(join(key));
      case "Deployment":
        return this.#ofDeployment(key);
      case "ReplicaSet": // named after its Deployment, with a hash
        return this.#ofDeployment({ namespace, name: name.replace(/-[^-]*$/u, "") });
      case "PersistentVolumeClaim":
        return this.#usersOfClaim(key);
      case "Model":
        return this.#usersOfModel(key);
      default:
        return [];
    }
  }

  forgetJoins(): void {
    this.#byModel = null;
  }

  rememberPod(pod: Pod): void {
    const [service] = labelled(pod);
    const key = join(pod.metadata);
    this.#pods.delete(key); // the newest are the last in a Map's order
    if (service !== undefined) this.#pods.set(key, service);
    const oldest = this.#pods.keys().next();
    if (this.#pods.size > REMEMBERED_PODS && oldest.done !== true) this.#pods.delete(oldest.value);
  }

  #ofPod(key: string): readonly ObjectKey[] | null {
    const pod = this.#index.get("pods", key);
    if (pod !== null) return labelled(pod);
    const remembered = this.#pods.get(key);
    return remembered === undefined ? null : [remembered];
  }

  #ofDeployment(key: ObjectKey): readonly ObjectKey[] {
    return labelled(this.#index.get("deployments", join(key)));
  }

  #usersOfClaim(key: ObjectKey): readonly ObjectKey[] {
    const names = this.#index.usesOf(join(key)).map(({ service }) => service.metadata.name);
    return [...new Set(names)].map((name) => ({ namespace: key.namespace, name }));
  }

  #usersOfVolume({ metadata, spec }: Volume): readonly ObjectKey[] {
    const reserved = spec?.claimRef;
    const claims = this.#index
      .list("persistentvolumeclaims")
      .filter((claim) => claim.spec?.volumeName === metadata.name)
      .map(({ metadata: claim }): ObjectKey => claim);
    if (reserved?.namespace && reserved.name)
      claims.push({ namespace: reserved.namespace, name: reserved.name });
    return distinct(claims.flatMap((claim) => this.#usersOfClaim(claim)));
  }

  /** Services with a pod on the node, and those whose volume can be reached from that node alone. */
  #usersOfNode(node: ClusterNode): readonly ObjectKey[] {
    const ofPods = this.#index
      .list("pods")
      .filter(({ spec }) => spec?.nodeName === node.metadata.name)
      .flatMap(labelled);
    const others = this.#index
      .list("nodes")
      .filter(({ metadata }) => metadata.name !== node.metadata.name);
    const ofVolumes = this.#index
      .list("persistentvolumes")
      .filter((volume) => isOnlyOn(volume, node, others))
      .flatMap((volume) => this.#usersOfVolume(volume));
    return distinct([...ofPods, ...ofVolumes]);
  }

  #usersOfModel(key: ObjectKey): readonly ObjectKey[] {
    return (this.#byModel ??= modelUsers(this.#index)).get(join(key)) ?? [];
  }
}

function isOnlyOn(volume: Volume, node: ClusterNode, others: readonly ClusterNode[]): boolean {
  if (volume.spec?.nodeAffinity?.required === undefined) return false;
  return reachesNode(volume, node) && !others.some((other) => reachesNode(volume, other));
}

function distinct(keys: readonly ObjectKey[]): readonly ObjectKey[] {
  return [...new Map(keys.map((key) => [join(key), key])).values()].map(({ namespace, name }) => ({
    namespace,
    name,
  }));
}

const join = ({ namespace, name }: ObjectKey): string => `${namespace}/${name}`;

function labelled(object: AnyObject | null): readonly ObjectKey[] {
  const name = object?.metadata.labels?.[SERVICE_LABEL];
  return object === null || name === undefined
    ? []
    : [{ namespace: object.metadata.namespace, name }];
}

type Users = ReadonlyMap<string, readonly ObjectKey[]>;

function modelUsers(index: ChainIndex): Users {
  const pairs = index
    .list("inferenceservices")
    .flatMap(({ metadata, spec }) =>
      [spec.modelRef, spec.speculativeDecoding?.draftModelRef]
        .filter((model) => model !== undefined)
        .map((model): [string, ObjectKey] => [model, metadata]),
    );
  return toUsers(pairs);
}

/** By the key of what is used, each service once. */
function toUsers(pairs: readonly (readonly [string, ObjectKey])[]): Users {
  const users = new Map<string, Map<string, ObjectKey>>();
  for (const [used, { namespace, name }] of pairs) {
    const key = `${namespace}/${used}`;
    const services = users.get(key) ?? new Map<string, ObjectKey>();
    users.set(key, services.set(name, { namespace, name }));
  }
  return new Map([...users].map(([key, services]) => [key, [...services.values()]]));
}
