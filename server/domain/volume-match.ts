import type { Claim, ClusterNode, StorageClass, Volume } from "./objects";
import { parseQuantity } from "./quantity";
import { matchesLabels, reachesNode } from "./scheduling-selector";

/** The provisioner of classes whose volumes are made by hand. */
export const NO_PROVISIONER = "kubernetes.io/no-provisioner";
/** Labels that keep a volume in a zone or region, as older volumes have them in place of a node affinity. */
const ZONE_LABELS = [
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
];

/** The volume is kept for exactly this claim, by name and, where the reservation has one, by uid. */
export function isReservedFor({ spec }: Volume, { metadata }: Claim): boolean {
  const kept = spec?.claimRef;
  return (
    kept?.name === metadata.name &&
    kept.namespace === metadata.namespace &&
    ((kept.uid ?? "") === "" || kept.uid === metadata.uid)
  );
}

/** Whether the binder would give the volume to the claim: free or kept for it, of its class, large enough, in its modes, and selected by it. */
export function couldBind(volume: Volume, claim: Claim): boolean {
  const kept = volume.spec?.claimRef !== undefined;
  if (kept ? !isReservedFor(volume, claim) : volume.status?.phase !== "Available") return false;
  if (volume.metadata.deletionTimestamp !== undefined || !suits(volume, claim)) return false;
  return kept || isSelected(volume, claim);
}

function isSelected({ metadata }: Volume, { spec }: Claim): boolean {
  return spec?.selector === undefined || matchesLabels(spec.selector, metadata.labels ?? {});
}

function suits(volume: Volume, claim: Claim): boolean {
  const [offered, wanted] = [volume.spec ?? {}, claim.spec ?? {}];
  const modes = offered.accessModes ?? [];
  return (
    sizeOf(volume) >= quantityOf(wanted.resources?.requests) &&
    orElse(offered.storageClassName, "") === orElse(wanted.storageClassName, "") &&
    orElse(offered.volumeMode, "Filesystem") === orElse(wanted.volumeMode, "Filesystem") &&
    (wanted.accessModes ?? []).every((mode) => modes.includes(mode))
  );
}

function orElse(text: string | undefined, fallback: string): string {
  return text ?? fallback;
}

/** Bytes of `storage`; 0 where nothing is said. */
function quantityOf(amounts: Readonly<Record<string, string>> | undefined): number {
  return parseQuantity(amounts?.["storage"] ?? "0") ?? 0;
}

/** The smallest of the volumes that the claim could get (`couldBind`) for a pod on the node; null when there is none. One kept for the claim rules out all others. */
export function volumeFor(
  claim: Claim,
  possible: readonly Volume[],
  node: ClusterNode,
): Volume | null {
  const reserved = possible.find((volume) => isReservedFor(volume, claim));
  if (reserved !== undefined) return reachesNode(reserved, node) ? reserved : null;
  const [smallest] = possible
    .filter((volume) => reachesNode(volume, node))
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  return smallest ?? null;
}

function sizeOf({ spec }: Volume): number {
  return quantityOf(spec?.capacity);
}

/** Whether the class makes volumes at all. */
export function makesVolumes({ provisioner }: StorageClass): boolean {
  return provisioner !== "" && provisioner !== NO_PROVISIONER;
}

/** Whether the class makes volumes for pods on the node. */
export function makesVolumesFor(
  { allowedTopologies = [] }: StorageClass,
  node: ClusterNode,
): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions }) =>
    (matchLabelExpressions ?? []).every(({ key, values }) =>
      values.includes(node.metadata.labels?.[key] ?? ""),
    ),
  );
}

/** Whether the node is in the zone and region that the volume's labels name; a node that says nothing of zones is in all of them. */
export function isInZone({ metadata }: Volume, node: ClusterNode): boolean {
  if (metadata.labels === undefined) return true;
  const labels = node.metadata.labels ?? {};
  if (ZONE_LABELS.every((key) => labels[key] === undefined)) return true;
  const named = metadata.labels;
  return ZONE_LABELS.every((key) => {
    const zones = named[key];
    return zones === undefined || zones.split("__").includes(labels[key] ?? "");
  });
}
