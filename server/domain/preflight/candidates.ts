import type { ClaimCandidate } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { buildClaimView } from "../views/claim-view";
import { preflightChecks } from "./build-checks";
import { feasibleNodeNames } from "./check-nodes";
import { heldOn } from "./held";
import { compareVerdict, foldVerdict } from "./verdict";
import { withClaim } from "./with-claim";

/** How one claim would do as the service's cache. Asks for Cached persistence where the service is Ephemeral. */
export function buildCandidate(facts: ServiceFacts, claimFacts: ClaimFacts): ClaimCandidate {
  const { name } = claimFacts.claim.metadata;
  const ephemeral = facts.service.spec.modelCache?.persistence === "Ephemeral";
  const change = { claimName: name, persistence: ephemeral ? ("Cached" as const) : null };
  const known = { ...facts, claims: new Map([...facts.claims, [name, claimFacts]]) };
  const checks = preflightChecks(known, change);
  return {
    claim: buildClaimView(claimFacts),
    verdict: foldVerdict(checks),
    checks,
    feasibleNodes: feasibleNodeNames(withClaim(known, change), claimFacts),
    alreadyHeld: heldOn(known, claimFacts).held,
  };
}

/** Best first: by verdict, then those that hold the model, then the roomiest, then by class and name. Never mutates its input. */
export function rankCandidates(candidates: readonly ClaimCandidate[]): ClaimCandidate[] {
  return [...candidates].sort(
    (a, b) =>
      compareVerdict(a.verdict, b.verdict) ||
      Number(b.alreadyHeld === true) - Number(a.alreadyHeld === true) ||
      roomOf(b) - roomOf(a) ||
      compareText(a.claim.storageClass?.name ?? "", b.claim.storageClass?.name ?? "") ||
      compareText(a.claim.name, b.claim.name),
  );
}

function roomOf({ claim }: ClaimCandidate): number {
  return claim.capacityBytes ?? claim.requestedBytes ?? 0;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
