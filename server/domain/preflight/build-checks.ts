import type { Check } from "@/server/contract/preflight";
import type { ServiceFacts } from "../facts";
import { servingClaimFacts } from "../service-state";
import { checkAccessMode } from "./check-access-mode";
import { checkClaimExists, checkClaimUsable, checkClaimWillBeUsed } from "./check-claim";
import { checkNodeFits } from "./check-nodes";
import { checkOwnership } from "./check-ownership";
import { policyChecks } from "./check-pod-policy";
import { checkSharedUse } from "./check-shared-use";
import { checkSpace, checkSpaceOfNew } from "./check-space";
import { claimToBeMade } from "./claim-to-be-made";
import { furtherChecks } from "./further-checks";
import { unlessBlind } from "./rests-on";
import { buildCheck } from "./verdict";
import { type ClaimChange, withClaim } from "./with-claim";

export type AskedChange = ClaimChange & {
  readonly takeOwnership?: boolean;
  /** What policies say of the change, where the caller knows it already; else it is worked out. */
  readonly policy?: readonly Check[];
};

/** The checks that need no API server, on the facts as they would be: those of `buildChecks`, then further findings. */
export function preflightChecks(before: ServiceFacts, change: AskedChange): Check[] {
  const after = withClaim(before, change);
  return [...buildChecks(after, before, change), ...furtherChecks(before, after)];
}

/** Always the same checks in the same order, so that the list never jumps. None passes on a kind that may not be listed. */
export function buildChecks(
  after: ServiceFacts,
  before: ServiceFacts,
  change: AskedChange,
): Check[] {
  const { claimName } = change;
  const claimFacts =
    claimName === null ? servingClaimFacts(after) : (after.claims.get(claimName) ?? null);
  return allChecks(after, before, change).map((check) => unlessBlind(check, after, claimFacts));
}

function allChecks(after: ServiceFacts, before: ServiceFacts, change: AskedChange): Check[] {
  const { claimName, takeOwnership = false } = change;
  const ownership = checkOwnership(before, { ...change, takeOwnership });
  const { policy = policyChecks(before, after) } = change;
  if (claimName === null) {
    const shared = checkSharedUse({ before, after }, servingClaimFacts(after));
    const made = claimToBeMade(after) !== null;
    return [...checksWithoutClaim(after), made ? NOT_SHARED : shared, ...policy, ownership];
  }
  const claimFacts = after.claims.get(claimName) ?? null;
  return [
    checkClaimExists(after, claimName),
    checkClaimUsable(after, claimFacts),
    checkClaimWillBeUsed(after, claimName),
    checkNodeFits(after, claimFacts),
    checkAccessMode(after, claimFacts),
    checkSpace(after, claimFacts),
    checkSharedUse({ before, after }, claimFacts),
    ...policy,
    ownership,
  ];
}

const NOT_SHARED = buildCheck("SharedUse", ["pass", "The claim is yet to be made."]);

/** Where no claim is asked for, the operator's own is looked at as far as it exists; what is missing it will make. */
function checksWithoutClaim(after: ServiceFacts): Check[] {
  const operators = servingClaimFacts(after);
  const first = [checkClaimExists(after, null), checkClaimWillBeUsed(after, null)];
  const [exists, used] = first;
  if (exists === undefined || used === undefined) return first;
  if (operators !== null) {
    return [
      exists,
      checkClaimUsable(after, operators),
      used,
      checkNodeFits(after, operators),
      checkAccessMode(after, operators),
      checkSpace(after, operators),
    ];
  }
  return [
    exists,
    buildCheck("ClaimUsable", ["pass", "There is no claim to look at."]),
    used,
    checkNodeFits(after, null),
    buildCheck("AccessMode", ["pass", "There is no claim to look at."]),
    checkSpaceOfNew(after),
  ];
}
