import type { Condition } from "../objects";

export type ConditionUpdate = {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
};

export type Stamp = { readonly generation: number; readonly now: string };

/**
 * `conditions` with `update` in place of the entry of its type. `lastTransitionTime` moves only with `status`. The very same array when
 * nothing changes. Never mutates its input. Source: `meta.SetStatusCondition` of apimachinery.
 */
export function setCondition(
  conditions: readonly Condition[],
  update: ConditionUpdate,
  { generation, now }: Stamp,
): readonly Condition[] {
  const current = conditions.find(({ type }) => type === update.type);
  const next = { ...update, observedGeneration: generation };
  if (current === undefined) return [...conditions, { ...next, lastTransitionTime: now }];
  if (isSame(current, next)) return conditions;
  const { lastTransitionTime } =
    current.status === update.status ? current : { lastTransitionTime: now };
  return conditions.map((condition) =>
    condition === current ? { ...next, lastTransitionTime } : condition,
  );
}

/** `conditions` without those types; the very same array when there are none of them. */
export function removeConditions(
  conditions: readonly Condition[],
  types: readonly string[],
): readonly Condition[] {
  const kept = conditions.filter(({ type }) => !types.includes(type));
  return kept.length === conditions.length ? conditions : kept;
}

/** The condition of that type; null when there is none. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | null {
  return conditions?.find((condition) => condition.type === type) ?? null;
}

function isSame(
  a: Omit<Condition, "lastTransitionTime">,
  b: Omit<Condition, "lastTransitionTime">,
) {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  );
}
