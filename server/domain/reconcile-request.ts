import type { Claim, InferenceService } from "./objects";
import { missingClaimFailure } from "./service-state";
import { plain } from "./wording";

/** Touching it is an edit of the service, which makes LLMKube reconcile it; its value is when that was asked for. */
export const RECONCILE_REQUESTED_AT = "mooring.dev/reconcile-requested-at";

export type ReconcileRequestPlan =
  | {
      readonly kind: "ask";
      /** RFC 3339, never before the claim was made: that tells a later look that this claim was dealt with. */
      readonly requestedAt: string;
      /** The claim that ended the cause. */
      readonly causeUid: string;
    }
  /** It was asked for since the claim was made; more would change nothing. */
  | { readonly kind: "asked"; readonly requestedAt: string }
  /** The service did not fail for a missing claim. */
  | { readonly kind: "healthy" }
  /** The claim is still missing. */
  | { readonly kind: "missing" };

/** Whether there is cause to ask LLMKube to look at the service again. Pure. */
export function planReconcileRequest(input: {
  readonly service: InferenceService;
  /** The claim the spec names; null while there is none. */
  readonly claim: Claim | null;
  readonly now: Date;
}): ReconcileRequestPlan {
  const { service, claim, now } = input;
  const failing = service.status?.phase === "Failed" && missingClaimFailure(service) !== null;
  if (!failing) return { kind: "healthy" };
  if (claim === null) return { kind: "missing" };
  const asked = reconcileAskedFor(service, claim);
  if (asked !== null) return { kind: "asked", requestedAt: asked };
  const madeAt = Date.parse(claim.metadata.creationTimestamp);
  return {
    kind: "ask",
    requestedAt: new Date(Math.max(now.getTime(), madeAt)).toISOString(),
    causeUid: claim.metadata.uid,
  };
}

/** When LLMKube was asked to look again since this claim was made; null when it was not. Whoever asked counts. Pure. */
export function reconcileAskedFor(service: InferenceService, claim: Claim): string | null {
  const asked = service.metadata.annotations?.[RECONCILE_REQUESTED_AT];
  if (asked === undefined) return null;
  const askedMs = Date.parse(asked);
  const madeMs = Date.parse(claim.metadata.creationTimestamp);
  return askedMs >= madeMs ? new Date(askedMs).toISOString() : null;
}

/** Names one request among the changes of a service, so that it is on its timeline once, whoever records it. */
export function reconcileRequestField(requestedAt: string): string {
  return `reconcile-request/${plain(requestedAt, 40)}`;
}
