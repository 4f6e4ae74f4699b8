import * as z from "zod";

/** Every code a finding can carry. A code, once shipped, keeps its meaning; its wording may improve. */
export const findingCodes = [
  "ModelCachePVCNotFound",
  "ModelCacheClaimIgnored",
  "ClaimTerminating",
  "ClaimLost",
  "ClaimPending",
  "ClaimNodeMismatch",
  "ClaimInUseOnOtherNode",
  "ClaimDrift",
  "StaleCacheKey",
  "ModelTransferOutOfSpace",
  "ModelSourceUntrusted",
  "ModelSourceUnauthorized",
  "ModelSourceNotFound",
  "ModelSourceUnreachable",
  "ModelTransferFailed",
  "UnboundedEphemeralCache",
  "UnbindableModelCache",
  "ModelNotFound",
  "ModelNotReady",
  "FieldOwnedByOther",
  "NotHealed",
  "ServiceDegraded",
  "StatusDisagreesWithPods",
  "ClaimBlockVolume",
  "ClaimReadOnly",
  "ClaimResize",
  "ReplicasShareClaim",
  "RolloutDeadlock",
  "ConcurrentDownload",
  "QuotaExceeded",
  "LimitRangeViolated",
  "PodSecurityViolated",
  "PodsRefused",
  "NodeNotReady",
  "PodUnschedulable",
  "OperatorSettingsUnknown",
  "DownloadStalled",
  "DownloadSlow",
  "ClaimTooSmall",
  "ClaimSpaceTight",
  "NodeDiskPressure",
  "ModelsShareSource",
  "FieldContested",
  "ProvisionerStuck",
  "FirstConsumerDeadlock",
  "ServiceAccountNotFound",
  "AccountLacksRight",
] as const;
export const findingCodeSchema = z.enum(findingCodes);
export type FindingCode = z.infer<typeof findingCodeSchema>;

/** Worst first. `ok` shows no chip: silence is health. */
export const severities = ["error", "warning", "info", "unknown", "ok"] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;

/** One fact a finding rests on: which object, which field, what it says, when we last saw that. */
export const evidenceSchema = z.object({
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  field: z.string(),
  value: z.string(),
  /** RFC 3339; null when the fact is an absence or its time is unknown. */
  observedAt: z.string().nullable(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** Something the user can do right here. */
export const findingActionSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("AttachClaim"), label: z.string() }),
  z.object({ type: z.literal("DetachClaim"), label: z.string() }),
  z.object({ type: z.literal("ShowYaml"), label: z.string(), yaml: z.string() }),
  z.object({ type: z.literal("CopyCommand"), label: z.string(), command: z.string() }),
  /** POST …/reconcile-requests of the service. */
  z.object({ type: z.literal("RequestReconcile"), label: z.string() }),
  z.object({
    type: z.literal("OpenLogs"),
    label: z.string(),
    pod: z.string(),
    container: z.string(),
  }),
]);
export type FindingAction = z.infer<typeof findingActionSchema>;

export const findingSchema = z.object({
  code: findingCodeSchema,
  severity: severitySchema,
  /** One sentence a person understands: the cause, with the names in it. */
  message: z.string(),
  /** What to do, or what happens by itself. */
  nextStep: z.string(),
  /** RFC 3339 since when it holds, where some object says so. */
  since: z.string().nullable(),
  evidence: z.array(evidenceSchema),
  actions: z.array(findingActionSchema),
});
export type Finding = z.infer<typeof findingSchema>;
