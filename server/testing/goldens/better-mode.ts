/** A decision of decision record 9 that shows in recorded cases: which differences it explains. */
type Decision = {
  readonly improvement: string;
  readonly pattern: RegExp;
  /** Cases that must show it; it may show in others that are alike. */
  readonly cases: readonly string[];
};

/** Everything in which the built-in operator, without strict, may differ from what was recorded. */
export const DECISIONS: readonly Decision[] = [
  {
    improvement: "ModelCacheReady",
    pattern:
      /inferenceServices\.[^.]+\.status\.conditions\.ModelCacheReady|timeline.*ModelCacheReady/,
    cases: ["01-shared-default", "03-claim-single-file", "06-claim-missing"],
  },
];

/**
 * What is left of the differences of a case when the documented decisions are taken off, and which decision did not show where it
 * must. Empty: the case differs by the decisions and by nothing else.
 */
export function judgeBetter(name: string, differences: readonly string[]): readonly string[] {
  const undocumented = differences.filter(
    (difference) => !DECISIONS.some(({ pattern }) => pattern.test(difference)),
  );
  const missing = DECISIONS.filter(({ cases }) => cases.includes(name))
    .filter(({ pattern }) => !differences.some((difference) => pattern.test(difference)))
    .map(({ improvement }) => `${improvement}: is documented for this case but does not show`);
  return [...undocumented.map((difference) => `not documented: ${difference}`), ...missing];
}
