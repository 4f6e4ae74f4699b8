import type { KubeObject } from "../api/objects";
import { FILES_ANNOTATION } from "../world/disks";
import { onNode } from "../world/provisioner";
import { PROVISIONED_BY } from "../world/volume-match";
import type { DemoClient } from "./demo-client";

export type ClaimParts = {
  namespace: string;
  name: string;
  size: string;
  storageClass: string;
  age: string;
  accessMode?: "ReadWriteOnce" | "ReadWriteMany";
  volumeMode?: "Filesystem" | "Block";
  labels?: Record<string, string>;
  ownerReferences?: KubeObject["metadata"]["ownerReferences"];
};
export type VolumeParts = {
  kind: "local" | "nfs" | "block";
  /** For local volumes: where the disk is. */
  node?: string;
  /** Path → bytes of what is on it already. */
  files?: Readonly<Record<string, number>>;
};

const PROVISIONER = {
  local: "rancher.io/local-path",
  nfs: "nfs.csi.k8s.io",
  block: "rbd.csi.ceph.com",
} as const;

/** A claim on its own; what happens to it is up to its class. */
export function createClaim(demo: DemoClient, parts: ClaimParts): KubeObject {
  const { namespace, name, size, storageClass, labels, ownerReferences } = parts;
  return demo.create("persistentvolumeclaims", parts.age, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: {
      accessModes: [parts.accessMode ?? "ReadWriteOnce"],
      storageClassName: storageClass,
      volumeMode: parts.volumeMode ?? "Filesystem",
      resources: { requests: { storage: size } },
    },
  });
}

/** A claim with the volume that a provisioner made for it, as long ago. The binder joins the two at start. */
export function createBoundClaim(demo: DemoClient, parts: ClaimParts, volume: VolumeParts): void {
  const claim = createClaim(demo, parts);
  const name = `pvc-${claim.metadata.uid}`;
  demo.create("persistentvolumes", parts.age, {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name,
      annotations: {
        [PROVISIONED_BY]: PROVISIONER[volume.kind],
        ...(volume.files === undefined ? {} : { [FILES_ANNOTATION]: JSON.stringify(volume.files) }),
      },
    },
    spec: {
      capacity: { storage: parts.size },
      accessModes: [parts.accessMode ?? "ReadWriteOnce"],
      volumeMode: parts.volumeMode ?? "Filesystem",
      storageClassName: parts.storageClass,
      persistentVolumeReclaimPolicy: volume.kind === "local" ? "Retain" : "Delete",
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: parts.namespace,
        name: parts.name,
        uid: claim.metadata.uid,
      },
      ...source(volume, name),
    },
  });
}

function source({ kind, node = "" }: VolumeParts, name: string) {
  switch (kind) {
    case "local":
      return { local: { path: `/mnt/nvme/${name}` }, nodeAffinity: onNode(node) };
    case "nfs":
      return {
        csi: {
          driver: PROVISIONER.nfs,
          volumeHandle: `nas.storage.internal#export/models#${name}##`,
          volumeAttributes: { server: "nas.storage.internal", share: "/export/models" },
        },
        mountOptions: ["nfsvers=4.1"],
      };
    case "block":
      return { csi: { driver: PROVISIONER.block, volumeHandle: `0001-0009-rook-${name}` } };
  }
}
