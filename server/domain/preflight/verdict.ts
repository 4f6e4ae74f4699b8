import type { Check, CheckCode, Verdict } from "@/server/contract/preflight";
import type { Evidence } from "@/server/contract/finding";
import { sentence } from "../wording";

const WORST_FIRST: readonly Verdict[] = ["block", "warn", "unknown", "pass"];

/** The verdict of all checks together: the worst one. Unknown is better than a known risk and worse than a pass. */
export function foldVerdict(checks: readonly Pick<Check, "verdict">[]): Verdict {
  return WORST_FIRST.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? "pass";
}

/** Negative when `a` is better. */
export function compareVerdict(a: Verdict, b: Verdict): number {
  return WORST_FIRST.indexOf(b) - WORST_FIRST.indexOf(a);
}

/** One line of the checklist with its texts made harmless. */
export function buildCheck(
  code: CheckCode,
  [verdict, message]: readonly [Verdict, string],
  evidence: readonly Evidence[] = [],
): Check {
  return { code, verdict, message: sentence(message), evidence: [...evidence] };
}
