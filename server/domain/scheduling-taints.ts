import type { ClusterNode, Toleration } from "./objects";

export type Taint = NonNullable<NonNullable<ClusterNode["spec"]>["taints"]>[number];

export const UNSCHEDULABLE: Taint = {
  key: "node.kubernetes.io/unschedulable",
  effect: "NoSchedule",
};

/** The node's taints that keep a pod with these tolerations off it. `PreferNoSchedule` keeps nobody off. */
export function untoleratedTaints(
  node: ClusterNode,
  tolerations: readonly Toleration[],
): readonly Taint[] {
  return (node.spec?.taints ?? []).filter(
    (taint) =>
      taint.effect !== "PreferNoSchedule" &&
      !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** Whether one toleration covers one taint: an empty effect covers all effects, an empty key with `Exists` covers all keys. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key, effect, value } = withDefaults(toleration);
  if (effect !== "" && effect !== taint.effect) return false;
  const exists = toleration.operator === "Exists";
  if (key === "") return exists;
  return key === taint.key && (exists || (isEqual(toleration) && value === (taint.value ?? "")));
}

function withDefaults({ key = "", effect = "", value = "" }: Toleration) {
  return { key, effect, value };
}

function isEqual({ operator = "" }: Toleration): boolean {
  return operator === "" || operator === "Equal";
}

/** `key=value:Effect`, as kubectl writes it. */
export function describeTaint({ key, value, effect }: Taint): string {
  return value === undefined || value === "" ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

const NOT_READY = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** What the node's taints, its cordon and its state say against a pod with these tolerations, as half sentences about it. */
export function judgeTaints(node: ClusterNode, tolerations: readonly Toleration[]): string[] {
  const taints = untoleratedTaints(node, tolerations);
  const enters = tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE));
  const cordoned =
    node.spec?.unschedulable === true && !enters ? ["is cordoned and takes no new pods"] : [];
  const dead = taints.some(({ key }) => NOT_READY.includes(key)) || shutsOut(node, tolerations);
  const others = taints
    .filter(({ key }) => key !== UNSCHEDULABLE.key && !NOT_READY.includes(key))
    .map((taint) => `has the taint ${describeTaint(taint)} that the service does not tolerate`);
  return [...cordoned, ...(dead ? ["is not ready"] : []), ...others];
}

/** The node as it would be if it were ready. */
export function asReady(node: ClusterNode): ClusterNode {
  if (!isStuck(node) && !(node.spec?.taints ?? []).some(({ key }) => NOT_READY.includes(key))) {
    return node;
  }
  const taints = (node.spec?.taints ?? []).filter(({ key }) => !NOT_READY.includes(key));
  const conditions = (node.status?.conditions ?? []).filter(({ type }) => type !== "Ready");
  return { ...node, spec: { ...node.spec, taints }, status: { ...node.status, conditions } };
}

/** The node's Ready condition; undefined while it has not said. */
export function readyConditionOf(node: ClusterNode) {
  return node.status?.conditions?.find(({ type }) => type === "Ready");
}

/** Whether the node has said, or its silence says, that nothing starts on it. */
export function isStuck(node: ClusterNode): boolean {
  const ready = readyConditionOf(node)?.status;
  return ready !== undefined && ready !== "True";
}

/** A node that is not ready gets its taints a moment later. */
function shutsOut(node: ClusterNode, tolerations: readonly Toleration[]): boolean {
  const state = readyConditionOf(node)?.status;
  if (state === undefined || state === "True") return false;
  const key = `node.kubernetes.io/${state === "Unknown" ? "unreachable" : "not-ready"}`;
  return !tolerations.some((toleration) => tolerates(toleration, { key, effect: "NoSchedule" }));
}
