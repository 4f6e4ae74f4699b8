import type { Cluster } from "./cluster";
import type { Loop } from "./loop";
import { keyOf, type Claim, type StorageClass } from "./objects";
import type { Recorder } from "./recorder";
import {
  isBound,
  isWaitForFirstConsumer,
  findVolume,
  PROVISIONED_BY,
  PROVISIONERS,
  SELECTED_NODE,
} from "./volume-match";

const TAKES_SECONDS = 1;
const INSTANCE = "provisioner-7c9d5b6f4-x2x7p";

/** Makes volumes for claims whose class names one of the simulated provisioners. */
export function startProvisioner(cluster: Cluster, loop: Loop, record: Recorder): void {
  const readyAt = new Map<string, number>();
  const queue = loop.controller("provisioner", (key) => {
    const claim = cluster.claims.get(key);
    const storageClass = cluster.classes.get(claim?.spec.storageClassName ?? "");
    if (
      claim === undefined ||
      storageClass === undefined ||
      !isWanted(cluster, claim, storageClass)
    ) {
      readyAt.delete(key);
      return undefined;
    }
    const component = `${storageClass.provisioner}_${INSTANCE}`;
    const due = readyAt.get(key);
    if (due === undefined) {
      readyAt.set(key, loop.seconds() + TAKES_SECONDS);
      const message = `External provisioner is provisioning volume for claim "${key}"`;
      record(claim, { type: "Normal", reason: "Provisioning", message, component });
      return TAKES_SECONDS;
    }
    if (loop.seconds() < due) return due - loop.seconds();
    readyAt.delete(key);
    const volume = buildVolume(claim, storageClass);
    cluster.client.create("persistentvolumes", volume, { manager: "csi-provisioner" });
    const message = `Successfully provisioned volume ${volume.metadata.name}`;
    record(claim, { type: "Normal", reason: "ProvisioningSucceeded", message, component });
    return undefined;
  });
  cluster.claims.onChange(({ key }) => queue.enqueue(key));
  cluster.classes.onChange(({ object }) => {
    for (const claim of cluster.claims.list()) {
      if (claim.spec.storageClassName === object.metadata.name) queue.enqueue(keyOf(claim));
    }
  });
}

function isWanted(cluster: Cluster, claim: Claim, storageClass: StorageClass): boolean {
  return (
    PROVISIONERS[storageClass.provisioner] !== undefined &&
    isOpen(claim) &&
    isTime(claim, storageClass) &&
    cluster.volumes.get(`pvc-${claim.metadata.uid}`) === undefined &&
    findVolume(claim, cluster.volumesOfClass(storageClass.metadata.name)) === undefined
  );
}

/** Unbound, not asking for an existing volume by name or selector, and there to stay. */
function isOpen(claim: Claim): boolean {
  const { volumeName, selector } = claim.spec;
  const leaving = claim.metadata.deletionTimestamp !== undefined;
  return !isBound(claim) && !volumeName && selector === undefined && !leaving;
}

/** A node's own disk, and a class that waits for its consumer, need to know the node. */
function isTime(claim: Claim, storageClass: StorageClass): boolean {
  const needsNode =
    isWaitForFirstConsumer(storageClass) || PROVISIONERS[storageClass.provisioner] === "local";
  return !needsNode || claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
}

function buildVolume(claim: Claim, storageClass: StorageClass) {
  const name = `pvc-${claim.metadata.uid}`;
  const { namespace, uid, resourceVersion } = claim.metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { [PROVISIONED_BY]: storageClass.provisioner } },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.["storage"] ?? "1Gi" },
      accessModes: claim.spec.accessModes ?? ["ReadWriteOnce"],
      volumeMode: claim.spec.volumeMode ?? "Filesystem",
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace,
        name: claim.metadata.name,
        uid,
        resourceVersion,
      },
      ...volumeSource(claim, storageClass, name),
    },
    status: { phase: "Available" },
  };
}

function volumeSource(claim: Claim, storageClass: StorageClass, name: string) {
  const directory = `${name}_${claim.metadata.namespace ?? ""}_${claim.metadata.name}`;
  switch (PROVISIONERS[storageClass.provisioner]) {
    case "local":
      return {
        local: { path: `/opt/local-path-provisioner/${directory}` },
        nodeAffinity: onNode(claim.metadata.annotations?.[SELECTED_NODE] ?? ""),
      };
    case "nfs":
      return {
        csi: {
          driver: storageClass.provisioner,
          volumeHandle: `nfs.storage.internal#exports#${name}##`,
          volumeAttributes: { server: "nfs.storage.internal", share: "/exports", subdir: name },
        },
        mountOptions: ["nfsvers=4.1"],
      };
    case "block":
      return {
        csi: {
          driver: storageClass.provisioner,
          volumeHandle: `0001-${claim.metadata.uid}`,
          fsType: "ext4",
        },
      };
    default:
      return { hostPath: { path: `/tmp/hostpath-provisioner/${directory}`, type: "" } };
  }
}

/** The affinity of a volume that lives on one node. */
export function onNode(node: string) {
  return {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
      ],
    },
  };
}
