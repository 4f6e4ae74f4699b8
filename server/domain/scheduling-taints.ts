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
