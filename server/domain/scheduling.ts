import type { ClusterNode, Pod, PodSpec, Volume } from "./objects";
import type { PodRequirements } from "./pod-requirements";
import { parseQuantity } from "./quantity";
import { matchesNodeSelector, reachesNode } from "./scheduling-selector";
import { describeTaint, tolerates, UNSCHEDULABLE, untoleratedTaints } from "./scheduling-taints";
import { formatBytes } from "./wording";

export type NodeFit = {
  readonly name: string;
  readonly fits: boolean;
  /** Why not, each as half a sentence about the node; empty when it fits. */
  readonly reasons: readonly string[];
};

export type Feasibility = { readonly nodes: readonly NodeFit[] };

type Question = {
  readonly requirements: PodRequirements;
  readonly nodes: readonly ClusterNode[];
  /** The bound volume of the claim; null: the claim limits nothing (yet). */
  readonly volume: Volume | null;
  /** Pods whose requests are taken off what a node offers; none: a node is judged by all it could offer. */
  readonly pods?: readonly Pod[];
};

/**
 * On which nodes a pod may run, by the rules of the scheduler's filters: node selector, required node affinity, taints, cordon,
 * allocatable resources and the volume's node affinity. Order is that of `nodes`.
 */
export function feasibleNodes(question: Question): Feasibility {
  return {
    nodes: question.nodes.map((node) => {
      const reasons = reasonsAgainst(node, question);
      return { name: node.metadata.name, fits: reasons.length === 0, reasons };
    }),
  };
}

/** Names of the nodes that fit. */
export function fittingNodes(feasibility: Feasibility): string[] {
  return feasibility.nodes.filter((node) => node.fits).map((node) => node.name);
}

function reasonsAgainst(node: ClusterNode, question: Question): string[] {
  const { requirements, volume, pods = [] } = question;
  const reasons = [
    ...selectorReasons(node, requirements),
    ...taintReasons(node, requirements),
    ...resourceReasons(node, requirements, pods),
  ];
  if (volume !== null && !reachesNode(volume, node)) {
    reasons.push(`cannot reach the volume ${volume.metadata.name}`);
  }
  return reasons;
}

function selectorReasons(node: ClusterNode, requirements: PodRequirements): string[] {
  const labels = node.metadata.labels ?? {};
  const reasons = Object.entries(requirements.nodeSelector)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `does not have the label ${key}=${value} that the service selects`);
  const required =
    requirements.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined && !matchesNodeSelector(required, node)) {
    reasons.push("does not match the service's node affinity");
  }
  return reasons;
}

function taintReasons(node: ClusterNode, { tolerations }: PodRequirements): string[] {
  const reasons = untoleratedTaints(node, tolerations)
    .filter((taint) => taint.key !== UNSCHEDULABLE.key)
    .map((taint) => `has the taint ${describeTaint(taint)} that the service does not tolerate`);
  const enters = tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE));
  if (node.spec?.unschedulable === true && !enters) {
    reasons.unshift("is cordoned and takes no new pods");
  }
  return reasons;
}

function resourceReasons(
  node: ClusterNode,
  { requests }: PodRequirements,
  pods: readonly Pod[],
): string[] {
  const here = pods.filter((pod) => pod.spec?.nodeName === node.metadata.name);
  return Object.entries(requests).flatMap(([name, asked]) => {
    const offered = parseQuantity(node.status?.allocatable?.[name] ?? "0") ?? 0;
    const used = here.reduce((sum, pod) => sum + requestOf(pod.spec, name), 0);
    const free = Math.max(0, offered - used);
    return asked <= free ? [] : [shortage(name, asked, { free, offered })];
  });
}

function shortage(name: string, asked: number, has: { free: number; offered: number }): string {
  const shown = (amount: number) => (name === "memory" ? formatBytes(amount) : String(amount));
  if (has.offered === 0) return `has no ${name}`;
  const state = has.free === has.offered ? "offers" : "has free";
  return `${state} ${shown(has.free)} of the ${shown(asked)} ${name} that a pod asks for`;
}

function requestOf(spec: PodSpec | undefined, name: string): number {
  return (spec?.containers ?? []).reduce((sum, { resources }) => {
    const text = resources?.requests?.[name] ?? resources?.limits?.[name];
    return sum + (text === undefined ? 0 : (parseQuantity(text) ?? 0));
  }, 0);
}
