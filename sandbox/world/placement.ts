import type { Claim, ClusterNode, Pod, StorageClass, Volume } from "./objects";
import { isFinished } from "./objects";
import { addRequests, fitReasons, freeShare, type Amounts } from "./node-resources";
import { matchesNodeAffinity, matchesTerm, tolerates, volumeReaches } from "./selectors";
import {
  canProvision,
  findVolume,
  isBound,
  isWaitForFirstConsumer,
  SELECTED_NODE,
} from "./volume-match";

export type NodeFacts = { node: ClusterNode; pods: readonly Pod[] };
export type ClaimFacts = {
  name: string;
  claim: Claim | undefined;
  /** The volume that `spec.volumeName` names. */
  volume: Volume | undefined;
  storageClass: StorageClass | undefined;
  /** Volumes of the claim's class. */
  candidates: readonly Volume[];
  /** Pods other than this one that use the claim. */
  users: readonly Pod[];
};
export type PlacementFacts = {
  pod: Pod;
  nodes: readonly NodeFacts[];
  claims: readonly ClaimFacts[];
};

/** What to do for one unbound claim before the pod can be bound. */
export type ClaimStep = { claim: Claim; volume?: Volume };
export type Placement =
  { kind: "node"; node: string; steps: ClaimStep[] } | { kind: "unschedulable"; message: string };

type Verdict = { reasons: string[]; helpless: boolean; steps: ClaimStep[] };

/**
 * Decides where the pod goes, in the order of the real scheduler's plugins and in its words
 * (`kube-scheduler` 1.36: NodeUnschedulable, TaintToleration, NodeAffinity, NodeResourcesFit, VolumeRestrictions, VolumeBinding).
 */
export function planPlacement(facts: PlacementFacts): Placement {
  const total = facts.nodes.length;
  const rejected = rejectedClaim(facts.claims);
  if (rejected !== undefined) {
    // The trailing words are what the real one answers when a PreFilter plugin turns the pod away.
    return {
      kind: "unschedulable",
      message: `0/${total} nodes are available: ${rejected}. not found`,
    };
  }
  const judged = facts.nodes.map((entry) => ({ entry, verdict: judge(facts, entry) }));
  const feasible = judged.filter(({ verdict }) => verdict.reasons.length === 0);
  const best = feasible.sort((a, b) => compare(facts.pod, a.entry, b.entry))[0];
  if (best !== undefined) {
    return { kind: "node", node: best.entry.node.metadata.name, steps: best.verdict.steps };
  }
  return { kind: "unschedulable", message: refusal(judged.map(({ verdict }) => verdict)) };
}

function rejectedClaim(claims: readonly ClaimFacts[]): string | undefined {
  for (const { name, claim } of claims) {
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase === "Lost") {
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`;
    }
    if (claim.metadata.deletionTimestamp !== undefined) {
      return `persistentvolumeclaim "${name}" is being deleted`;
    }
  }
  const unbound = claims.some(
    ({ claim, storageClass }) =>
      claim !== undefined && !isBound(claim) && !isWaitForFirstConsumer(storageClass),
  );
  return unbound ? "pod has unbound immediate PersistentVolumeClaims" : undefined;
}

function judge({ pod, claims }: PlacementFacts, { node, pods }: NodeFacts): Verdict {
  const refuse = (reason: string): Verdict => ({ reasons: [reason], helpless: true, steps: [] });
  const tolerations = pod.spec.tolerations ?? [];
  const cordon = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  if (node.spec?.unschedulable === true && !tolerates(tolerations, cordon)) {
    return refuse("node(s) were unschedulable");
  }
  const taints = (node.spec?.taints ?? []).filter((taint) => taint.effect !== "PreferNoSchedule");
  if (taints.some((taint) => !tolerates(tolerations, taint))) {
    return refuse("node(s) had untolerated taint(s)");
  }
  if (!matchesNodeAffinity(pod, node)) {
    return refuse("node(s) didn't match Pod's node affinity/selector");
  }
  const fit = fitReasons(pod, node, usedOn(pods));
  if (fit.reasons.length > 0) return { ...fit, steps: [] };
  return judgeVolumes(claims, node);
}

function judgeVolumes(claims: readonly ClaimFacts[], node: ClusterNode): Verdict {
  const reasons = new Set<string>();
  const steps: ClaimStep[] = [];
  for (const facts of claims) {
    if (facts.claim === undefined) continue;
    const onceOnly = facts.claim.spec.accessModes?.includes("ReadWriteOncePod") === true;
    if (onceOnly && facts.users.some((user) => user.spec.nodeName && !isFinished(user))) {
      return {
        reasons: [
          "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
        ],
        helpless: false,
        steps,
      };
    }
    const outcome = volumeOutcome(facts, facts.claim, node);
    if (typeof outcome === "string") reasons.add(outcome);
    else if (outcome !== undefined) steps.push(outcome);
  }
  return { reasons: [...reasons], helpless: true, steps };
}

/** A reason against the node, a step to take first, or nothing to do. */
function volumeOutcome(
  facts: ClaimFacts,
  claim: Claim,
  node: ClusterNode,
): string | ClaimStep | undefined {
  if (isBound(claim)) {
    if (facts.volume === undefined) {
      return "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
    }
    return volumeReaches(facts.volume, node)
      ? undefined
      : "node(s) didn't match PersistentVolume's node affinity";
  }
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  const volume = findVolume(claim, facts.candidates, node);
  const usable = selected === undefined || selected === node.metadata.name;
  if (volume !== undefined && usable) return { claim, volume };
  if (usable && canProvision(facts.storageClass, node)) return { claim };
  return "node(s) didn't find available persistent volumes to bind";
}

function usedOn(pods: readonly Pod[]): Amounts {
  return pods
    .filter((pod) => !isFinished(pod))
    .reduce<Amounts>((sum, pod) => addRequests(sum, pod), { pods: 0 });
}

function compare(pod: Pod, a: NodeFacts, b: NodeFacts): number {
  return (
    preference(pod, b.node) - preference(pod, a.node) ||
    siblings(pod, a.pods) - siblings(pod, b.pods) ||
    freeShare(b.node, usedOn(b.pods)) - freeShare(a.node, usedOn(a.pods)) ||
    a.node.metadata.name.localeCompare(b.node.metadata.name)
  );
}

function preference(pod: Pod, node: ClusterNode): number {
  const preferred =
    pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred
    .filter(({ preference: term }) => matchesTerm(term, node))
    .reduce((sum, { weight }) => sum + weight, 0);
}

/** Pods of the same app on the node: spreading them is what the default topology constraints do. */
function siblings(pod: Pod, pods: readonly Pod[]): number {
  const app = pod.metadata.labels?.["app"];
  return pods.filter((other) => app !== undefined && other.metadata.labels?.["app"] === app).length;
}

function refusal(verdicts: readonly Verdict[]): string {
  const total = verdicts.length;
  if (total === 0) return "no nodes available to schedule pods";
  const reasons = tally(verdicts.flatMap(({ reasons: own }) => own));
  const preemption = tally(
    verdicts.map(({ helpless }) =>
      helpless
        ? "Preemption is not helpful for scheduling"
        : "No preemption victims found for incoming pod",
    ),
  );
  return (
    `0/${total} nodes are available: ${reasons}. ` +
    `no new claims to deallocate, preemption: 0/${total} nodes are available: ${preemption}.`
  );
}

function tally(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ");
}
