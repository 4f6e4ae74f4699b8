import type { Check } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts, Surroundings } from "../facts";
import { seen } from "../findings/finding";
import type { ClusterNode, StorageClass } from "../objects";
import { buildPodRequirements } from "../pod-requirements";
import { feasibleNodes, type NodeFit } from "../scheduling";
import { describeSelector, isNeverStamped, nodesOfVolume } from "../scheduling-selector";
import { isVisible, planOf } from "../service-state";
import { listNames } from "../wording";
import { buildCheck } from "./verdict";

/** Nodes on which the service could run with the claim, in order of name; null when that cannot be told. */
export function feasibleNodeNames(
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): string[] | null {
  const fits = nodeFits(after, claimFacts);
  return fits === null
    ? null
    : fits
        .filter((node) => node.fits)
        .map((node) => node.name)
        .sort();
}

/** Whether some node satisfies both the service and the claim's volume; names them. */
export function checkNodeFits(after: ServiceFacts, claimFacts: ClaimFacts | null): Check {
  if (!placesPods(after)) {
    return buildCheck("NodeFits", ["pass", "No pod of this service mounts a cache claim."]);
  }
  const fits = nodeFits(after, claimFacts);
  if (fits === null) {
    return buildCheck("NodeFits", [
      "unknown",
      `Could not check where it may run: ${whyBlind(after.surroundings)}.`,
    ]);
  }
  const names = fits.filter((node) => node.fits).map((node) => node.name);
  if (names.length === 0) return noNode(after, claimFacts, fits);
  const pinned = claimFacts !== null && volumeNodes(claimFacts) !== null;
  const message =
    names.length === 1 && pinned
      ? `Runs on ${listNames(names)}, the node of the volume.`
      : `Can run on ${listNames(names)}; node affinity, taints and what the nodes offer were checked.`;
  return buildCheck("NodeFits", ["pass", message], volumeEvidence(claimFacts));
}

function placesPods(after: ServiceFacts): boolean {
  const { kind } = planOf(after);
  return kind !== "None";
}

function whyBlind(surroundings: Surroundings): string {
  if (!isVisible(surroundings, "nodes")) return "nodes may not be listed here";
  return isVisible(surroundings, "persistentvolumes")
    ? "the claim's volume is not known"
    : "volumes may not be listed here";
}

function nodeFits(after: ServiceFacts, claimFacts: ClaimFacts | null): readonly NodeFit[] | null {
  const { surroundings } = after;
  if (!isVisible(surroundings, "nodes")) return null;
  const volume = claimFacts?.volume ?? null;
  const bound = isBound(claimFacts);
  if (bound && volume === null) return null;
  const requirements = buildPodRequirements(after);
  const { nodes } = feasibleNodes({ requirements, nodes: surroundings.nodes, volume });
  const storageClass = claimFacts?.storageClass ?? null;
  if (bound || storageClass === null) return nodes;
  return nodes.map((fit) => withTopology(fit, { storageClass, surroundings }));
}

function isBound(claimFacts: ClaimFacts | null): boolean {
  return (claimFacts?.claim.spec?.volumeName ?? "") !== "";
}

/** A class may make volumes in some places only; that counts while the claim has none yet. */
function withTopology(
  fit: NodeFit,
  { storageClass, surroundings }: { storageClass: StorageClass; surroundings: Surroundings },
): NodeFit {
  const node = surroundings.nodes.find(({ metadata }) => metadata.name === fit.name);
  if (node === undefined || isAllowed(node, storageClass)) return fit;
  const reason = `is outside of where storage class ${storageClass.metadata.name} makes volumes`;
  return { ...fit, fits: false, reasons: [...fit.reasons, reason] };
}

function isAllowed(node: ClusterNode, { allowedTopologies }: StorageClass): boolean {
  if (allowedTopologies === undefined || allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions }) =>
    (matchLabelExpressions ?? []).every(({ key, values }) =>
      values.includes(node.metadata.labels?.[key] ?? ""),
    ),
  );
}

function volumeNodes({ volume, surroundings }: ClaimFacts): string[] | null {
  if (volume === null) return null;
  return nodesOfVolume(volume, surroundings.nodes)?.map((node) => node.metadata.name) ?? null;
}

function noNode(
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
  fits: readonly NodeFit[],
): Check {
  const on = claimFacts === null ? null : volumeNodes(claimFacts);
  const evidence = volumeEvidence(claimFacts);
  if (on === null || on.length === 0) {
    const where = on === null ? "" : ` The volume is on ${placeless(claimFacts)}.`;
    const why = fits.slice(0, 3).map((fit) => `${fit.name} ${fit.reasons[0] ?? ""}`);
    const message = `No node can run the service.${where} ${why.join("; ")}.`;
    return buildCheck("NodeFits", ["block", message], evidence);
  }
  const first = fits.find((fit) => fit.name === on[0]);
  const reasons = listNames(first?.reasons ?? [], 3);
  const message = `The volume is on ${listNames(on)}, where the service cannot run: ${on[0] ?? ""} ${reasons}.`;
  return buildCheck("NodeFits", ["block", message], [...evidence, ...nodeEvidence(after, on)]);
}

function placeless(claimFacts: ClaimFacts | null): string {
  const volume = claimFacts?.volume ?? null;
  return volume !== null && isNeverStamped(volume) ? "no node" : "a node that no longer exists";
}

function volumeEvidence(claimFacts: ClaimFacts | null) {
  const volume = claimFacts?.volume ?? null;
  const required = volume?.spec?.nodeAffinity?.required;
  if (claimFacts === null || volume === null || required === undefined) return [];
  return [
    seen(claimFacts.surroundings, {
      kind: "PersistentVolume",
      object: volume,
      field: "spec.nodeAffinity.required",
      value: describeSelector(required),
    }),
  ];
}

function nodeEvidence({ surroundings }: ServiceFacts, names: readonly string[]) {
  return surroundings.nodes
    .filter((node) => names.includes(node.metadata.name))
    .slice(0, 3)
    .map((node) =>
      seen(surroundings, {
        kind: "Node",
        object: node,
        field: "metadata.labels, spec.taints, status.allocatable",
        value: JSON.stringify({
          taints: node.spec?.taints ?? [],
          unschedulable: node.spec?.unschedulable ?? false,
        }),
      }),
    );
}
