import type { Improvement } from "@/server/domain/improvements";

/** What one improvement changes in one recorded case, or in each: the differences it explains. */
type Decision = {
  readonly improvement: Improvement;
  /** Number of the case that has to show it; null: any case that has to do with a cache claim may. */
  readonly golden: string | null;
  readonly paths: readonly RegExp[];
};

/** Everything in which the built-in operator, without strict, may differ from what was recorded. Decision record 9 says why. */
export const DECISIONS: readonly Decision[] = [
  { improvement: "ModelCacheReady", golden: null, paths: [/\bconditions\.ModelCacheReady\b/] },
  {
    // the recorded operator never noticed that the claim was there
    improvement: "HealOnClaim",
    golden: "07",
    paths: [
      /^(claim-exists|before-touch) (pods|inferenceServices|deployments|services)\b/,
      /^190s-without-touch timeline\b/,
    ],
  },
  // the claim is bound by now
  {
    improvement: "ObservedState",
    golden: "08",
    paths: [/\bmodels\.phi\.status\.conditions\.Progressing\b/],
  },
  // the service was up long before it was touched
  { improvement: "ObservedState", golden: "07", paths: [/^touched .*\bconditions\.Degraded\b/] },
  {
    // pods of the claim before serve while the new one is missing
    improvement: "ObservedState",
    golden: "14",
    paths: [/^changed-to-missing-c .*\bstatus\.(endpoint|readyReplicas)\b/],
  },
  {
    // resumed, no longer suspended
    improvement: "ObservedState",
    golden: "22",
    paths: [/^resumed .*\bconditions\.Available\b/],
  },
  {
    // two of three pods serve
    improvement: "ObservedState",
    golden: "23",
    paths: [/^two-of-three .*\bconditions\.Available\b/],
  },
  {
    // the Model was made
    improvement: "ObservedState",
    golden: "24",
    paths: [/^model-created .*\bconditions\.Degraded\b/],
  },
  {
    // a Metal host mounts no claim: none is made, and a missing one is no fault
    improvement: "ClaimWhereMounted",
    golden: "10",
    paths: [
      /\binferenceServices\.mhttps-missing\.status\b/,
      /\bpersistentVolumeClaims\.llmkube-model-cache\b/,
      /\boperatorEvents\b/,
      /\bclaimEvents\b/,
    ],
  },
];

/**
 * What is left of the differences of a case when the documented decisions are taken off, and which decision did not show where it
 * must. Empty: the case differs by the decisions and by nothing else. `name` begins with the number of the case.
 */
export function judgeBetter(name: string, differences: readonly string[]): readonly string[] {
  const mine = DECISIONS.filter(({ golden }) => golden === null || name.startsWith(`${golden}-`));
  const explained = ({ paths }: Decision, difference: string) =>
    paths.some((path) => path.test(difference));
  const undocumented = differences
    .filter((difference) => !mine.some((decision) => explained(decision, difference)))
    .map((difference) => `not documented: ${difference}`);
  const absent = mine
    .filter(({ golden }) => golden !== null)
    .filter((decision) => !differences.some((difference) => explained(decision, difference)))
    .map(({ improvement }) => `${improvement}: is documented for this case but does not show`);
  return [...undocumented, ...absent];
}
