import type { Claim, ClusterNode, StorageClass, Volume } from "./objects";
import { quantity } from "./quantity";
import { matchesSelector, volumeReaches } from "./selectors";

export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
export const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** How the simulated provisioners make volumes. Any other name is an external provisioner that never answers. */
export const PROVISIONERS: Readonly<Record<string, "local" | "hostPath" | "nfs" | "block">> = {
  "rancher.io/local-path": "local",
  "k8s.io/minikube-hostpath": "hostPath",
  "nfs.csi.k8s.io": "nfs",
  "rbd.csi.ceph.com": "block",
};

/** The claim has its volume and the binder finished with it. */
export function isBound(claim: Claim): boolean {
  return (
    Boolean(claim.spec.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined
  );
}

/** Binding waits until a pod that uses the claim is being scheduled. */
export function isWaitForFirstConsumer(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === "WaitForFirstConsumer";
}

/** The class would make a volume for a pod on this node. */
export function canProvision(storageClass: StorageClass | undefined, node: ClusterNode): boolean {
  if (storageClass === undefined) return false;
  if (storageClass.provisioner === "kubernetes.io/no-provisioner") return false;
  const topologies = storageClass.allowedTopologies ?? [];
  const labels = node.metadata.labels ?? {};
  return (
    topologies.length === 0 ||
    topologies.some((term) =>
      (term.matchLabelExpressions ?? []).every(({ key, values }) =>
        values.includes(labels[key] ?? ""),
      ),
    )
  );
}

/** Why the volume cannot serve the claim, in the binder's words; nothing when it can. */
export function mismatch({ spec: wanted }: Claim, { spec: offered }: Volume): string | undefined {
  if (quantity(offered.capacity?.["storage"]) < quantity(wanted.resources?.requests?.["storage"])) {
    return "requested PV is too small";
  }
  if (nameOr(wanted.storageClassName, "") !== nameOr(offered.storageClassName, "")) {
    return "storageClassName does not match";
  }
  if (nameOr(wanted.volumeMode, "Filesystem") !== nameOr(offered.volumeMode, "Filesystem")) {
    return "incompatible volumeMode";
  }
  const modes = offered.accessModes ?? [];
  return wanted.accessModes?.some((mode) => !modes.includes(mode)) === true
    ? "incompatible accessMode"
    : undefined;
}

function nameOr(name: string | undefined, fallback: string): string {
  return name ?? fallback;
}

/** The volume is reserved for exactly this claim (by name, and by uid where the reservation has one). */
export function isReservedFor(volume: Volume, claim: Claim): boolean {
  const ref = volume.spec.claimRef;
  return (
    ref !== undefined &&
    ref.name === claim.metadata.name &&
    ref.namespace === claim.metadata.namespace &&
    (!ref.uid || ref.uid === claim.metadata.uid)
  );
}

/** The smallest free volume that fits, one reserved for the claim first. With a node: only what that node reaches. */
export function findVolume(
  claim: Claim,
  volumes: readonly Volume[],
  node?: ClusterNode,
): Volume | undefined {
  const reaches = (volume: Volume) => node === undefined || volumeReaches(volume, node);
  const fitting = volumes.filter(
    (volume) =>
      volume.metadata.deletionTimestamp === undefined && mismatch(claim, volume) === undefined,
  );
  // One kept for the claim rules out all others, also where it cannot be reached.
  const reserved = fitting.find((volume) => isReservedFor(volume, claim));
  if (reserved !== undefined) return reaches(reserved) ? reserved : undefined;
  return fitting
    .filter(
      (volume) =>
        reaches(volume) &&
        volume.spec.claimRef === undefined &&
        matchesSelector(claim.spec.selector, volume.metadata.labels),
    )
    .sort((a, b) => capacityOf(a) - capacityOf(b))[0];
}

function capacityOf(volume: Volume): number {
  return quantity(volume.spec.capacity?.["storage"]);
}
