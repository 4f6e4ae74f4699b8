import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { ClusterNode, Pod, Volume } from "../objects";
import { isReady } from "../pod-state";
import { isStuck, readyConditionOf } from "../scheduling-taints";
import { describeSelector, nodesOfVolume } from "../scheduling-selector";
import { isVisible, servingClaimFacts } from "../service-state";
import { count, listNames, plain, quote } from "../wording";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

type Stranded = {
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly Pod[];
  /** The volume that can be reached from nodes that are not ready only. */
  readonly volume: { readonly of: ClaimFacts; readonly volume: Volume } | null;
};

/** Pods of the service, or the only place of its volume, are on a node that is not ready: nothing starts there, and what ran cannot be trusted to. */
export function nodeNotReady(facts: ServiceFacts): Finding | null {
  const stranded = strandedOf(facts);
  if (stranded === null) return null;
  const { nodes, volume } = stranded;
  const serves = facts.pods.some((pod) => isReady(pod) && !stranded.pods.includes(pod));
  const since = nodes.flatMap((node) => readyConditionOf(node)?.lastTransitionTime ?? []).sort();
  return buildFinding({
    code: "NodeNotReady",
    severity: serves ? "warning" : "error",
    message: `${describeNodes(nodes)}: ${consequences(stranded)}.`,
    nextStep:
      volume === null
        ? "Look at the node: its kubelet, its network, its power. Kubernetes gives up pods of a node that stays away for five minutes and starts them elsewhere."
        : "Bring the node back, or attach a claim whose volume is elsewhere: what is on this volume can be reached from nowhere else.",
    since: since[0] ?? null,
    evidence: evidenceOf(facts, stranded),
    actions: volume === null ? [] : [ATTACH_OTHER],
  });
}

function strandedOf(facts: ServiceFacts): Stranded | null {
  const { surroundings } = facts;
  if (!isVisible(surroundings, "nodes")) return null;
  const down = surroundings.nodes.filter(isStuck);
  const names = new Set(down.map(({ metadata }) => metadata.name));
  if (names.size === 0) return null;
  const pods = facts.pods.filter(({ spec }) => names.has(spec?.nodeName ?? ""));
  const volume = strandedVolume(facts, names);
  if (pods.length === 0 && volume === null) return null;
  const own = new Set(pods.map(({ spec }) => spec?.nodeName ?? ""));
  const reached = volume === null ? [] : nodesOfVolume(volume.volume, surroundings.nodes);
  for (const { metadata } of reached ?? []) own.add(metadata.name);
  return { nodes: down.filter(({ metadata }) => own.has(metadata.name)), pods, volume };
}

function strandedVolume(facts: ServiceFacts, down: ReadonlySet<string>): Stranded["volume"] {
  const claimFacts = servingClaimFacts(facts);
  const volume = claimFacts?.volume ?? null;
  if (claimFacts === null || volume === null) return null;
  const nodes = nodesOfVolume(volume, facts.surroundings.nodes) ?? [];
  const lost = nodes.length > 0 && nodes.every(({ metadata }) => down.has(metadata.name));
  return lost ? { of: claimFacts, volume } : null;
}

function describeNodes(nodes: readonly ClusterNode[]): string {
  const names = listNames(nodes.map(({ metadata }) => metadata.name));
  const message = readyConditionOf(nodes[0] as ClusterNode)?.message ?? ""; // there is at least one
  const said = message === "" ? "" : `, ${quote(plain(message, 120))}`;
  return nodes.length === 1
    ? `Node ${names} is not ready${said}`
    : `Nodes ${names} are not ready${said}`;
}

function consequences({ pods, volume }: Stranded): string {
  const [first] = pods;
  const ran =
    first === undefined
      ? []
      : [
          pods.length === 1
            ? `pod ${quote(first.metadata.name)} is there`
            : `${count(pods.length, "pod")} are there`,
        ];
  const kept =
    volume === null
      ? []
      : [`the volume of claim ${quote(volume.of.claim.metadata.name)} is there only`];
  return [...ran, ...kept].join(", and ");
}

function evidenceOf({ surroundings }: ServiceFacts, stranded: Stranded): Evidence[] {
  const nodes = stranded.nodes.slice(0, 3).map((node) => {
    const ready = readyConditionOf(node);
    const value = `${ready?.status ?? ""}: ${ready?.reason ?? ""} ${ready?.message ?? ""}`;
    const field = "status.conditions[Ready]";
    return seen(surroundings, { kind: "Node", object: node, field, value });
  });
  const pods = stranded.pods.slice(0, 3).map((pod) => {
    const value = pod.spec?.nodeName ?? "";
    return seen(surroundings, { kind: "Pod", object: pod, field: "spec.nodeName", value });
  });
  const required = stranded.volume?.volume.spec?.nodeAffinity?.required;
  if (stranded.volume === null || required === undefined) return [...nodes, ...pods];
  const volume = seen(surroundings, {
    kind: "PersistentVolume",
    object: stranded.volume.volume,
    field: "spec.nodeAffinity.required",
    value: describeSelector(required),
  });
  return [...nodes, ...pods, volume];
}
