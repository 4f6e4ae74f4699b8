import type { Attachment } from "@/server/contract/attachment";
import type { Claim, InferenceService } from "@/server/domain/objects";
import { missingClaimFailure } from "@/server/domain/service-state";

/** Touching it is an edit of the service, which makes LLMKube reconcile it. */
export const RECONCILE_REQUESTED_AT = "mooring.dev/reconcile-requested-at";

export type HealPlan = {
  /** RFC 3339, never before the claim was made: that tells a later pass that this claim was dealt with. */
  readonly requestedAt: string;
  /** The claim that ended the cause. */
  readonly causeUid: string;
};

/** Whether the operator is to be woken for this service; null when there is no reason, or it was done for this claim. */
export function planHeal(input: {
  readonly service: InferenceService;
  /** The claim the spec names; null while there is none. */
  readonly claim: Claim | null;
  readonly attachment: Attachment | null;
  readonly now: Date;
}): HealPlan | null {
  const { service, claim, attachment, now } = input;
  if (claim === null || !wasAttached(service, attachment)) return null;
  if (service.status?.phase !== "Failed" || missingClaimFailure(service) === null) return null;
  const madeAt = Date.parse(claim.metadata.creationTimestamp);
  const requestedAt = service.metadata.annotations?.[RECONCILE_REQUESTED_AT];
  if (requestedAt !== undefined && Date.parse(requestedAt) >= madeAt) return null;
  return {
    requestedAt: new Date(Math.max(now.getTime(), madeAt)).toISOString(),
    causeUid: claim.metadata.uid,
  };
}

/** The claim in the spec is one that Mooring wrote for this very service. */
function wasAttached(service: InferenceService, attachment: Attachment | null): boolean {
  return (
    attachment?.serviceUid === service.metadata.uid &&
    attachment.claimName === service.spec.modelCache?.claimName &&
    (attachment.state === "Applied" || attachment.state === "Effective")
  );
}
