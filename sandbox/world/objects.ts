import type {
  CoreV1Event,
  V1Container,
  V1Deployment,
  V1Job,
  V1Node,
  V1NodeSelectorTerm,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodTemplateSpec,
  V1ReplicaSet,
  V1StorageClass,
  V1Taint,
  V1Toleration,
} from "@kubernetes/client-node";

import type { KubeObject, ObjectMeta } from "../api/objects";

/** A client-node model as it is on the wire: instants are RFC 3339 strings. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? Wire<U>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** What the store guarantees of every object: type, and metadata with name, uid and times. */
type Stored<T> = Omit<Wire<T>, "apiVersion" | "kind" | "metadata"> & {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
};
type WithSpec<T extends { spec?: unknown }> = Omit<Stored<T>, "spec"> & {
  spec: NonNullable<Wire<T>["spec"]>;
};

export type Pod = WithSpec<V1Pod>;
export type Claim = WithSpec<V1PersistentVolumeClaim>;
export type Volume = WithSpec<V1PersistentVolume>;
export type StorageClass = Stored<V1StorageClass>;
export type ClusterNode = Stored<V1Node>;
export type Deployment = WithSpec<V1Deployment>;
export type ReplicaSet = WithSpec<V1ReplicaSet>;
export type Job = WithSpec<V1Job>;
export type KubeEvent = Stored<CoreV1Event>;
export type PodTemplate = Wire<V1PodTemplateSpec>;
export type PodStatus = NonNullable<Pod["status"]>;
export type ContainerStatus = NonNullable<PodStatus["containerStatuses"]>[number];
export type Container = Wire<V1Container>;
export type Taint = Wire<V1Taint>;
export type Toleration = Wire<V1Toleration>;
export type NodeSelectorTerm = Wire<V1NodeSelectorTerm>;

export type Condition = {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
};

/** `namespace/name`, or `name` alone for cluster-scoped kinds. */
export function keyOf(object: { metadata: ObjectMeta }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The owner reference that a controller puts on what it makes. */
export function controllerOf(
  owner: KubeObject | Deployment | ReplicaSet | Job,
): NonNullable<ObjectMeta["ownerReferences"]> {
  return [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
}

/** The uid of the object that controls this one. */
export function controllerUid(object: { metadata: ObjectMeta }): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid;
}

/** The claims that a pod's volumes name, as keys, in order. */
export function claimKeysOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const claim = volume.persistentVolumeClaim?.claimName;
    return claim === undefined ? [] : [`${pod.metadata.namespace ?? ""}/${claim}`];
  });
}

/** Succeeded or Failed: nothing of the pod runs any more. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** The Ready condition of a pod or node is True. */
export function isReady(object: {
  status?: { conditions?: { type: string; status: string }[] };
}): boolean {
  return hasCondition(object, "Ready");
}

/** The condition of this type is True. */
export function hasCondition(
  object: { status?: { conditions?: { type: string; status: string }[] } },
  type: string,
): boolean {
  return (object.status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === "True",
  );
}

/** Conditions with `next` in place of the one of its type; its transition time moves only when its status does. */
export function setCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  next: C,
  now: string,
): C[] {
  const list = conditions ?? [];
  const before = list.find((condition) => condition.type === next.type);
  const lastTransitionTime =
    before?.status === next.status ? (before.lastTransitionTime ?? now) : now;
  const merged = { ...next, lastTransitionTime };
  return before === undefined
    ? [...list, merged]
    : list.map((condition) => (condition === before ? merged : condition));
}
