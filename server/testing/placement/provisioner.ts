import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Claim } from "@/server/domain/objects";
import type { TestCluster } from "../test-cluster";

const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const MAKES = "rancher.io/local-path";

/** Stands in for the provisioner of `rancher.io/local-path`: makes a volume on the node that the scheduler has selected for a claim. */
export function startProvisioner(
  cluster: TestCluster,
  index: ObjectIndex,
): { stop(): Promise<void> } {
  const made = new Map<string, Promise<unknown>>();
  const unsubscribe = index.subscribe(({ changes }) => {
    for (const { plural, object, type } of changes) {
      if (plural !== "persistentvolumeclaims" || type === "deleted") continue;
      const node = selectedFor(object, index);
      const { uid } = object.metadata;
      if (node !== null && !made.has(uid)) made.set(uid, make(cluster, object, node));
    }
  });
  return {
    stop: async () => {
      unsubscribe();
      await Promise.allSettled(made.values());
    },
  };
}

/** The node for which the claim's volume is to be made here; null when it is not. */
function selectedFor({ metadata, spec }: Claim, index: ObjectIndex): string | null {
  const { storageClassName = "", volumeName = "" } = spec ?? {};
  const storageClass = index.get("storageclasses", storageClassName);
  if (storageClass?.provisioner !== MAKES || volumeName !== "") return null;
  return metadata.annotations?.[SELECTED_NODE] ?? null;
}

function make({ store }: TestCluster, { metadata, spec }: Claim, node: string): Promise<unknown> {
  const { namespace, name, uid } = metadata;
  const expression = { key: "kubernetes.io/hostname", operator: "In", values: [node] };
  return store.create("persistentvolumes", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}`, annotations: { "pv.kubernetes.io/provisioned-by": MAKES } },
    spec: {
      accessModes: spec?.accessModes,
      capacity: spec?.resources?.requests,
      storageClassName: spec?.storageClassName,
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path: `/opt/local-path/${uid}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
    },
  });
}
