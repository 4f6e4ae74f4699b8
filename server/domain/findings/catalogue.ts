import type { FindingCode } from "@/server/contract/finding";
import { claimEntries } from "./catalogue/claim-entries";
import { contractEntries } from "./catalogue/contract-entries";
import { spaceEntries } from "./catalogue/space-entries";
import { podEntries } from "./catalogue/pod-entries";
import { transferEntries } from "./catalogue/transfer-entries";
import type { CatalogueEntry } from "./catalogue/entry";

/** Causes before consequences: among findings of one severity this order decides. */
export const findingOrder: readonly FindingCode[] = [
  "ModelCachePVCNotFound",
  "NotHealed",
  "ModelNotFound",
  "FieldContested",
  "ClaimLost",
  "ClaimTerminating",
  "ClaimBlockVolume",
  "ClaimReadOnly",
  "UnbindableModelCache",
  "NodeNotReady",
  "ClaimNodeMismatch",
  "ClaimInUseOnOtherNode",
  "QuotaExceeded",
  "PodSecurityViolated",
  "LimitRangeViolated",
  "ServiceAccountNotFound",
  "PodsRefused",
  "ReplicasShareClaim",
  "ModelTransferOutOfSpace",
  "ModelSourceUntrusted",
  "ModelSourceUnauthorized",
  "ModelSourceNotFound",
  "ModelSourceUnreachable",
  "ModelTransferFailed",
  "DownloadStalled",
  "ClaimTooSmall",
  "AccountLacksRight",
  "ProvisionerStuck",
  "ClaimPending",
  "PodUnschedulable",
  "ClaimResize",
  "FirstConsumerDeadlock",
  "ModelNotReady",
  "ConcurrentDownload",
  "ClaimSpaceTight",
  "NodeDiskPressure",
  "DownloadSlow",
  "ServiceDegraded",
  "ModelCacheClaimIgnored",
  "ClaimDrift",
  "StatusDisagreesWithPods",
  "StaleCacheKey",
  "RolloutDeadlock",
  "UnboundedEphemeralCache",
  "ModelsShareSource",
  "FieldOwnedByOther",
  "OperatorSettingsUnknown",
];

const entries: readonly CatalogueEntry[] = [
  ...claimEntries,
  ...spaceEntries,
  ...podEntries,
  ...transferEntries,
  ...contractEntries,
];

/** Every finding, in its order; a test holds that the order forgets none. */
export const catalogue: readonly CatalogueEntry[] = [...entries].sort(
  (a, b) => placeOf(a.code) - placeOf(b.code),
);

function placeOf(code: FindingCode): number {
  return findingOrder.indexOf(code);
}
