import type { SandboxClient } from "../api/client";
import { createCache, type Cache } from "./cache";
import {
  claimKeysOf,
  controllerUid,
  type Claim,
  type ClusterNode,
  type Deployment,
  type Job,
  type KubeEvent,
  type Pod,
  type ReplicaSet,
  type StorageClass,
  type Volume,
} from "./objects";

/** Every kind the world reads, with the lookups its controllers need, and the client for writes. */
export interface Cluster {
  readonly client: SandboxClient;
  readonly pods: Cache<Pod>;
  readonly claims: Cache<Claim>;
  readonly volumes: Cache<Volume>;
  readonly classes: Cache<StorageClass>;
  readonly nodes: Cache<ClusterNode>;
  readonly deployments: Cache<Deployment>;
  readonly replicaSets: Cache<ReplicaSet>;
  readonly jobs: Cache<Job>;
  readonly events: Cache<KubeEvent>;
  podsOnNode(node: string): Pod[];
  /** Pods whose volumes name the claim, by the claim's key. */
  podsOfClaim(claimKey: string): Pod[];
  podsOfOwner(uid: string): Pod[];
  replicaSetsOf(deploymentUid: string): ReplicaSet[];
  /** Volumes whose claimRef names the claim, by the claim's key. */
  volumesOfClaim(claimKey: string): Volume[];
  volumesOfClass(name: string): Volume[];
  stop(): void;
}

/** Follows the store. */
export function createCluster(client: SandboxClient): Cluster {
  const caches = {
    pods: createCache<Pod>(client, "pods"),
    claims: createCache<Claim>(client, "persistentvolumeclaims"),
    volumes: createCache<Volume>(client, "persistentvolumes"),
    classes: createCache<StorageClass>(client, "storageclasses.storage.k8s.io"),
    nodes: createCache<ClusterNode>(client, "nodes"),
    deployments: createCache<Deployment>(client, "deployments.apps"),
    replicaSets: createCache<ReplicaSet>(client, "replicasets.apps"),
    jobs: createCache<Job>(client, "jobs.batch"),
    events: createCache<KubeEvent>(client, "events"),
  };
  const owner = (object: Pod | ReplicaSet): string[] => {
    const uid = controllerUid(object);
    return uid === undefined ? [] : [uid];
  };
  return {
    client,
    ...caches,
    podsOnNode: caches.pods.index((pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : [])),
    podsOfClaim: caches.pods.index(claimKeysOf),
    podsOfOwner: caches.pods.index(owner),
    replicaSetsOf: caches.replicaSets.index(owner),
    volumesOfClaim: caches.volumes.index(({ spec: { claimRef } }) =>
      claimRef === undefined ? [] : [`${claimRef.namespace ?? ""}/${claimRef.name ?? ""}`],
    ),
    volumesOfClass: caches.volumes.index((volume) => [volume.spec.storageClassName ?? ""]),
    stop: () => Object.values(caches).forEach((cache) => cache.stop()),
  };
}
