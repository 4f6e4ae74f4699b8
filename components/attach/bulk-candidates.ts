import type { ClaimCandidate, Verdict } from "@/server/contract/preflight";

/** What one service says about the claims of its namespace. */
export type CandidatesOf = Readonly<{ service: string; candidates: readonly ClaimCandidate[] }>;

const WORST_FIRST = ["block", "unknown", "warn", "pass"] as const satisfies readonly Verdict[];

/**
 * The claims as caches for all the services together: each with its worst verdict and, before the reason, whose it is;
 * it holds the model only when it holds every one. Best first, as far as the services agree.
 */
export function combineCandidates(all: readonly CandidatesOf[]): ClaimCandidate[] {
  const [first] = all;
  if (first === undefined) return [];
  const combined = first.candidates.flatMap(({ claim }) => {
    const each = all.flatMap(({ service, candidates }) => {
      const candidate = candidates.find((other) => other.claim.uid === claim.uid);
      return candidate === undefined ? [] : [{ service, candidate }];
    });
    // Not seen by all yet: one of the answers is older.
    return each.length === all.length ? [combine(each)] : [];
  });
  return combined.sort((a, b) => rank(b.verdict) - rank(a.verdict));
}

type Each = Readonly<{ service: string; candidate: ClaimCandidate }>;

function combine(each: readonly Each[]): ClaimCandidate {
  const [worst] = [...each].sort((a, b) => rank(a.candidate.verdict) - rank(b.candidate.verdict));
  if (worst === undefined) throw new Error("a claim nobody was asked about");
  const { service, candidate } = worst;
  const held = each.map(({ candidate: { alreadyHeld } }) => alreadyHeld);
  return {
    ...candidate,
    checks: candidate.checks.map((check) => ({
      ...check,
      message: each.length === 1 ? check.message : `${service}: ${check.message}`,
    })),
    alreadyHeld: held.every((it) => it === true) ? true : held.includes(null) ? null : false,
    feasibleNodes: commonNodes(each),
  };
}

function commonNodes(each: readonly Each[]): string[] | null {
  const sets = each.map(({ candidate }) => candidate.feasibleNodes);
  const [first = null, ...others] = sets;
  if (first === null || sets.includes(null)) return null;
  return first.filter((node) => others.every((nodes) => nodes?.includes(node)));
}

function rank(verdict: Verdict): number {
  return WORST_FIRST.indexOf(verdict);
}
