import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import type { ClusterNode, Pod } from "../objects";
import { isUnschedulable, podCondition } from "../pod-state";
import { describeTaint, untoleratedTaints } from "../scheduling-taints";
import { lasting, listNames, plain, quote, secondsBetween } from "../wording";
import { buildFinding, seen } from "./finding";

/** A pod that was just made, or pulls its image, is not stuck. */
const PATIENCE_SECONDS = 60;
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const TAINT_IN_TEXT = /untolerated taint(?:\(s\))? \{([^}]{1,200})\}/giu;

/** The pod that should make the claim's directory on its node cannot run, which no object but that pod says. */
export function provisionerStuck(facts: ClaimFacts): Finding | null {
  const { claim, surroundings, provisionerPod } = facts;
  const age = waitingFor(provisionerPod, surroundings.now);
  const unbound = (claim.status?.phase ?? "Pending") === "Pending";
  return provisionerPod !== null && unbound && age >= PATIENCE_SECONDS
    ? build(facts, provisionerPod, age)
    : null;
}

/** Seconds since the pod was made; 0 when it does not wait. */
function waitingFor(pod: Pod | null, now: string): number {
  if (pod === null || pod.status?.phase !== "Pending") return 0;
  return secondsBetween(pod.metadata.creationTimestamp, now) ?? 0;
}

function build(facts: ClaimFacts, pod: Pod, age: number): Finding {
  const { claim } = facts;
  const node = nodeFor(facts, pod);
  const taints = taintsOf(pod, node);
  const why = taints.length > 0 ? `it does not tolerate ${taintText(taints)}` : reasonOf(pod);
  const where = node === null ? "" : ` on node ${quote(node.metadata.name)}`;
  return buildFinding({
    code: "ProvisionerStuck",
    severity: "error",
    message: `Claim ${quote(claim.metadata.name)} gets no volume: pod ${quote(pod.metadata.name)} of its provisioner, which makes the directory${where}, has been waiting for ${lasting(age)} because ${why}.`,
    nextStep:
      taints.length > 0
        ? "Give the provisioner's helper pod that toleration (for local-path-provisioner: helperPod.yaml in its ConfigMap local-path-config), or use a storage class whose provisioner reaches the node."
        : "Put right what keeps the pod from running, or use another storage class.",
    since: pod.metadata.creationTimestamp,
    evidence: evidenceOf(facts, pod, node),
    actions: [
      {
        type: "CopyCommand",
        label: "Copy the command that describes the pod",
        command: `kubectl describe pod -n ${pod.metadata.namespace} ${pod.metadata.name}`,
      },
    ],
  });
}

/** The node that the directory is to be on; null when nothing names it or it is not visible. */
function nodeFor({ claim, surroundings }: ClaimFacts, pod: Pod): ClusterNode | null {
  const hostname = pod.spec?.nodeSelector?.["kubernetes.io/hostname"];
  const name = pod.spec?.nodeName ?? claim.metadata.annotations?.[SELECTED_NODE] ?? hostname;
  return surroundings.nodes.find(({ metadata }) => metadata.name === name) ?? null;
}

/** Taints as `key=value:Effect` where the node is known, else in the scheduler's own words; empty where taints are not the cause. */
function taintsOf(pod: Pod, node: ClusterNode | null): string[] {
  if (!isUnschedulable(pod)) return [];
  const known = node === null ? [] : untoleratedTaints(node, pod.spec?.tolerations ?? []);
  if (known.length > 0) return known.map(describeTaint);
  const message = podCondition(pod, "PodScheduled")?.message ?? "";
  return [...message.matchAll(TAINT_IN_TEXT)].map(([, taint = ""]) => plain(taint, 100));
}

function taintText(taints: readonly string[]): string {
  return `${taints.length === 1 ? "taint" : "taints"} ${listNames(taints)}`;
}

function reasonOf(pod: Pod): string {
  if (isUnschedulable(pod)) {
    return `the scheduler says ${quote(plain(podCondition(pod, "PodScheduled")?.message ?? "nothing"))}`;
  }
  const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined);
  const reason = waiting?.state?.waiting?.reason;
  return reason === undefined ? "it does not start" : `its container waits (${plain(reason, 60)})`;
}

function evidenceOf(
  { claim, surroundings }: ClaimFacts,
  pod: Pod,
  node: ClusterNode | null,
): Evidence[] {
  const condition = podCondition(pod, "PodScheduled");
  return [
    seen(surroundings, {
      kind: "PersistentVolumeClaim",
      object: claim,
      field: "status.phase",
      value: "Pending",
    }),
    seen(surroundings, {
      kind: "Pod",
      object: pod,
      field: condition === undefined ? "status.phase" : "status.conditions[PodScheduled].message",
      value: condition?.message ?? "Pending",
    }),
    ...(node === null
      ? []
      : [
          seen(surroundings, {
            kind: "Node",
            object: node,
            field: "spec.taints",
            value: listNames((node.spec?.taints ?? []).map(describeTaint)) || "none",
          }),
        ]),
  ];
}
