import type { Check, ClaimCandidate } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { localDiskOf } from "../local-disk";
import { buildClaimView } from "../views/claim-view";
import { otherServices } from "./affected";
import { buildChecks } from "./build-checks";
import { policyChecks } from "./check-pod-policy";
import { feasibleNodeNames } from "./check-nodes";
import { modelBytes } from "./check-space";
import { furtherChecks } from "./further-checks";
import { heldOn } from "./held";
import { rollsOut } from "./impact";
import { compareVerdict, foldVerdict } from "./verdict";
import { withClaim } from "./with-claim";

/** A candidate with what it is ranked by. */
type Judged = {
  readonly candidate: ClaimCandidate;
  readonly concerns: number;
  /** Enough room for the model and a fifth more, as far as sizes tell; false where they do not. */
  readonly roomy: boolean;
  readonly onNode: boolean;
  readonly users: number;
  readonly bytes: number;
};

/** As much again as the file system and leftovers of a download may take. */
const HEADROOM = 1.2;

/** How each claim would do as the service's cache, best first. Asks for Cached persistence where the service is Ephemeral. */
export function buildCandidates(
  given: ServiceFacts,
  claims: readonly ClaimFacts[],
): ClaimCandidate[] {
  const facts = { ...given }; // what is gathered at first use is gathered once
  const policies = new Map<boolean, readonly Check[]>();
  // Which of the claims it is makes no difference to the pods, only whether there are new ones.
  const policy = (before: ServiceFacts, after: ServiceFacts) => {
    const rolls = rollsOut(before, after);
    const known = policies.get(rolls) ?? policyChecks(before, after);
    policies.set(rolls, known);
    return known;
  };
  return claims
    .map((claimFacts) => judge(facts, claimFacts, policy))
    .sort(betterFirst)
    .map(({ candidate }) => candidate);
}

function judge(
  facts: ServiceFacts,
  claimFacts: ClaimFacts,
  policyFor: (before: ServiceFacts, after: ServiceFacts) => readonly Check[],
): Judged {
  const { name } = claimFacts.claim.metadata;
  const ephemeral = facts.service.spec.modelCache?.persistence === "Ephemeral";
  const change = { claimName: name, persistence: ephemeral ? ("Cached" as const) : null };
  const before = { ...facts, claims: new Map([...facts.claims, [name, claimFacts]]) };
  const after = withClaim(before, change);
  const policy = policyFor(before, after);
  const checks = [
    ...buildChecks(after, before, { ...change, policy }),
    ...furtherChecks(before, after),
  ];
  const claim = buildClaimView(claimFacts);
  const bytes = claim.capacityBytes ?? claim.requestedBytes ?? 0;
  const needs = modelBytes(facts);
  return {
    candidate: {
      claim,
      verdict: foldVerdict(checks),
      checks,
      feasibleNodes: feasibleNodeNames(after, claimFacts),
      alreadyHeld: heldOn(after, claimFacts).held,
    },
    concerns: checks.filter(({ verdict }) => verdict !== "pass").length,
    roomy: needs !== null && bytes >= needs * HEADROOM,
    onNode: claimFacts.volume !== null && localDiskOf(claimFacts.volume) !== null,
    users: otherServices(facts, claimFacts).length,
    bytes,
  };
}

/**
 * By verdict; then those that hold the model; then by how much does not pass; then those with room to spare before tight ones, disks of
 * a node before network volumes, those that nobody else uses, the larger ones; then by class and name.
 */
function betterFirst(a: Judged, b: Judged): number {
  const [left, right] = [a.candidate, b.candidate];
  return (
    compareVerdict(left.verdict, right.verdict) ||
    Number(right.alreadyHeld === true) - Number(left.alreadyHeld === true) ||
    a.concerns - b.concerns ||
    betterPlaceFirst(a, b) ||
    compareText(left.claim.storageClass?.name ?? "", right.claim.storageClass?.name ?? "") ||
    compareText(left.claim.name, right.claim.name)
  );
}

function betterPlaceFirst(a: Judged, b: Judged): number {
  return (
    Number(b.roomy) - Number(a.roomy) ||
    Number(b.onNode) - Number(a.onNode) ||
    a.users - b.users ||
    b.bytes - a.bytes
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
