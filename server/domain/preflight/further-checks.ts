import type { Finding, FindingCode, Severity } from "@/server/contract/finding";
import type { Check, Verdict } from "@/server/contract/preflight";
import type { ServiceFacts } from "../facts";
import { catalogue } from "../findings/catalogue";
import { compareSeverity } from "../findings/find";
import { buildCheck } from "./verdict";

/** A fixed check speaks of these already, about the service as it would be. */
const SAID: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "ModelCachePVCNotFound",
  "ModelCacheClaimIgnored",
  "ClaimTerminating",
  "ClaimLost",
  "ClaimPending",
  "ProvisionerStuck",
  "ClaimBlockVolume",
  "ClaimReadOnly",
  "UnbindableModelCache",
  "ClaimNodeMismatch",
  "ClaimInUseOnOtherNode",
  "ReplicasShareClaim",
  "RolloutDeadlock",
  "ConcurrentDownload",
  "ClaimTooSmall",
  "ClaimSpaceTight",
  "FieldOwnedByOther",
  "OperatorSettingsUnknown",
]);

/** Of a rollout or of pods as they are: after the change there will be others, and until then these only tell that it is not carried out yet. */
const MOMENTARY: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "NotHealed",
  "ServiceDegraded",
  "ClaimDrift",
  "StatusDisagreesWithPods",
  "QuotaExceeded",
  "LimitRangeViolated",
  "PodSecurityViolated",
  "ServiceAccountNotFound",
  "PodsRefused",
  "ModelTransferOutOfSpace",
  "ModelSourceUntrusted",
  "ModelSourceUnauthorized",
  "ModelSourceNotFound",
  "ModelSourceUnreachable",
  "ModelTransferFailed",
  "DownloadStalled",
  "DownloadSlow",
]);

const VERDICTS: Readonly<Record<Severity, Verdict>> = {
  error: "block",
  warning: "warn",
  info: "pass",
  unknown: "unknown",
  ok: "pass",
};

const further = catalogue.filter(({ code }) => !SAID.has(code) && !MOMENTARY.has(code));

/**
 * Findings of the whole catalogue that would be new after the change, or worse, or about another object than before, each as a check
 * under its own code, in the catalogue's order. None that a fixed check speaks of.
 */
export function furtherChecks(before: ServiceFacts, after: ServiceFacts): Check[] {
  return further.flatMap(({ ofService }) => {
    const then = ofService?.(after) ?? null;
    if (then === null || !isWorse(then, ofService?.(before) ?? null)) return [];
    return [buildCheck(then.code, [VERDICTS[then.severity], then.message], then.evidence)];
  });
}

function isWorse(then: Finding, now: Finding | null): boolean {
  if (now === null || compareSeverity(then.severity, now.severity) < 0) return true;
  return then.severity === now.severity && then.message !== now.message;
}
