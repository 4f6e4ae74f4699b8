import type { ObjectKey } from "@/server/contract/service-view";
import type { ObjectIndex } from "@/server/cluster/object-index";
import type { AnyObject, KubeEvent, Plural, Pod } from "@/server/domain/objects";
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

  #usersOfModel(key: ObjectKey): readonly ObjectKey[] {
    return (this.#byModel ??= modelUsers(this.#index)).get(join(key)) ?? [];
  }
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
