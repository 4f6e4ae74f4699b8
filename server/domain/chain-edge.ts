import type { Finding, FindingCode } from "@/server/contract/finding";
import type { ChainLink, Health } from "@/server/contract/service-view";
import type { Link } from "./chain";
import type { ServiceFacts } from "./facts";
import { expectedCacheClaim, rolledOutClaim } from "./service-state";
import { firstSentence } from "./wording";

type Kind = ChainLink["kind"];

/** The link to whose edge a finding belongs: what leads there does not hold. */
const EDGES: Readonly<Record<FindingCode, Kind>> = {
  ModelNotFound: "InferenceService",
  ModelNotReady: "InferenceService",
  StaleCacheKey: "InferenceService",
  FieldOwnedByOther: "InferenceService",
  FieldContested: "InferenceService",
  FirstConsumerDeadlock: "InferenceService",
  ServiceDegraded: "Deployment",
  AccountLacksRight: "Deployment",
  ClaimDrift: "Pod",
  StatusDisagreesWithPods: "Pod",
  QuotaExceeded: "Pod",
  PodSecurityViolated: "Pod",
  LimitRangeViolated: "Pod",
  PodsRefused: "Pod",
  ServiceAccountNotFound: "Pod",
  RolloutDeadlock: "Pod",
  OperatorSettingsUnknown: "InferenceService",
  ModelSourceUntrusted: "Pod",
  ModelSourceUnauthorized: "Pod",
  ModelSourceNotFound: "Pod",
  ModelSourceUnreachable: "Pod",
  ModelTransferFailed: "Pod",
  DownloadStalled: "Pod",
  DownloadSlow: "Pod",
  ModelTransferOutOfSpace: "PersistentVolumeClaim",
  ModelCachePVCNotFound: "PersistentVolumeClaim",
  ModelCacheClaimIgnored: "PersistentVolumeClaim",
  NotHealed: "PersistentVolumeClaim",
  ClaimTerminating: "PersistentVolumeClaim",
  ClaimInUseOnOtherNode: "PersistentVolumeClaim",
  UnboundedEphemeralCache: "PersistentVolumeClaim",
  ClaimBlockVolume: "PersistentVolumeClaim",
  ClaimReadOnly: "PersistentVolumeClaim",
  ReplicasShareClaim: "PersistentVolumeClaim",
  ConcurrentDownload: "PersistentVolumeClaim",
  ModelsShareSource: "PersistentVolumeClaim",
  ClaimTooSmall: "PersistentVolumeClaim",
  ClaimSpaceTight: "PersistentVolumeClaim",
  NodeDiskPressure: "Node",
  ClaimLost: "PersistentVolume",
  ClaimPending: "PersistentVolume",
  ProvisionerStuck: "PersistentVolume",
  ClaimResize: "PersistentVolume",
  UnbindableModelCache: "PersistentVolume",
  ClaimNodeMismatch: "Node",
  NodeNotReady: "Node",
  PodUnschedulable: "Node",
};

const FINDING_HEALTH: Readonly<Record<Finding["severity"], Health>> = {
  error: "error",
  warning: "warning",
  info: "waiting",
  unknown: "unknown",
  ok: "ok",
};
/** Worth knowing, but nothing waits for it. */
const HARMLESS: ReadonlySet<FindingCode> = new Set([
  "FieldOwnedByOther",
  "ModelCacheClaimIgnored",
  "ModelsShareSource",
]);

/** The edge that leads to the link: the worst finding that sits on it, else as the link itself is. */
export function chainEdge(
  link: Link,
  { facts, findings }: { readonly facts: ServiceFacts; readonly findings: readonly Finding[] },
): ChainLink["edge"] {
  const finding = findings.find((candidate) => edgeOf(candidate, facts) === link.kind);
  if (finding === undefined) return { health: withoutFinding(link.health), sentence: null };
  const harmless = finding.severity === "info" && HARMLESS.has(finding.code);
  return {
    health: harmless ? "ok" : FINDING_HEALTH[finding.severity],
    sentence: firstSentence(finding.message),
  };
}

/** Without a finding an edge accuses nobody: the link's own state is drawn in the link. */
function withoutFinding(health: Health): Health {
  return health === "error" || health === "warning" ? "ok" : health;
}

function edgeOf({ code }: Finding, facts: ServiceFacts): Kind {
  if (code !== "ClaimDrift") return EDGES[code];
  return rolledOutClaim(facts) === expectedCacheClaim(facts) ? "Pod" : "Deployment";
}
