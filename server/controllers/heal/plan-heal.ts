import type { Attachment } from "@/server/contract/attachment";
import type { Claim, InferenceService } from "@/server/domain/objects";
import { planReconcileRequest, type ReconcileRequestPlan } from "@/server/domain/reconcile-request";

export type HealPlan = Extract<ReconcileRequestPlan, { readonly kind: "ask" }>;

/** Whether the operator is to be woken for this service; null when there is no reason, or it was done for this claim. */
export function planHeal(input: {
  readonly service: InferenceService;
  /** The claim the spec names; null while there is none. */
  readonly claim: Claim | null;
  readonly attachment: Attachment | null;
  readonly now: Date;
}): HealPlan | null {
  if (!wasAttached(input.service, input.attachment)) return null;
  const plan = planReconcileRequest(input);
  return plan.kind === "ask" ? plan : null;
}

/** The claim in the spec is one that Mooring wrote for this very service. */
function wasAttached(service: InferenceService, attachment: Attachment | null): boolean {
  return (
    attachment?.serviceUid === service.metadata.uid &&
    attachment.claimName === service.spec.modelCache?.claimName &&
    (attachment.state === "Applied" || attachment.state === "Effective")
  );
}
