import type { Finding, FindingCode, Severity } from "@/server/contract/finding";
import type { Check, Verdict } from "@/server/contract/preflight";
import type { ServiceFacts } from "../facts";
import { catalogue } from "../findings/catalogue";
import { compareSeverity } from "../findings/find";
import { buildCheck } from "./verdict";

/**
 * What becomes of a finding in preflight. `said`: a fixed check speaks of it already, about the service as it would be. `momentary`: it is
 * about a rollout or pods as they are; after the change there will be others. `further`: it is shown where the change brings it.
 */
const TREATMENT: Readonly<Record<FindingCode, "said" | "momentary" | "further">> = {
  ModelCachePVCNotFound: "said",
  ModelCacheClaimIgnored: "said",
  ClaimTerminating: "said",
  ClaimLost: "said",
  ClaimPending: "said",
  ProvisionerStuck: "said",
  ClaimBlockVolume: "said",
  ClaimReadOnly: "said",
  UnbindableModelCache: "said",
  ClaimNodeMismatch: "said",
  ClaimInUseOnOtherNode: "said",
  ReplicasShareClaim: "said",
  RolloutDeadlock: "said",
  ConcurrentDownload: "said",
  ClaimTooSmall: "said",
  ClaimSpaceTight: "said",
  FieldOwnedByOther: "said",
  OperatorSettingsUnknown: "said",
  NotHealed: "momentary",
  ServiceDegraded: "momentary",
  ClaimDrift: "momentary",
  StatusDisagreesWithPods: "momentary",
  QuotaExceeded: "momentary",
  LimitRangeViolated: "momentary",
  PodSecurityViolated: "momentary",
  ServiceAccountNotFound: "momentary",
  PodsRefused: "momentary",
  ModelTransferOutOfSpace: "momentary",
  ModelSourceUntrusted: "momentary",
  ModelSourceUnauthorized: "momentary",
  ModelSourceNotFound: "momentary",
  ModelSourceUnreachable: "momentary",
  ModelTransferFailed: "momentary",
  DownloadStalled: "momentary",
  DownloadSlow: "momentary",
  PodUnschedulable: "momentary",
  NodeNotReady: "momentary",
  AccountLacksRight: "momentary",
  StaleCacheKey: "further",
  UnboundedEphemeralCache: "further",
  ModelNotFound: "further",
  ModelNotReady: "further",
  ClaimResize: "further",
  NodeDiskPressure: "further",
  ModelsShareSource: "further",
  FieldContested: "further",
  FirstConsumerDeadlock: "further",
};

const VERDICTS: Readonly<Record<Severity, Verdict>> = {
  error: "block",
  warning: "warn",
  info: "pass",
  unknown: "unknown",
  ok: "pass",
};

const further = catalogue.filter(({ code }) => TREATMENT[code] === "further");

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
