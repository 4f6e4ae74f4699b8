import { planClaim } from "@/server/domain/claim-selection";
import { isClaimName, planOperatorClaim } from "@/server/domain/operator-claim";
import type { OperatorClaim } from "@/server/domain/operator-claim";
import type { InferenceService, Model } from "@/server/domain/objects";
import { claimMissingEvent } from "@/server/domain/operator-events";
import { CACHE_CONDITION, CLAIM_NOT_FOUND } from "@/server/domain/status/model-cache-ready";
import { findCondition } from "@/server/domain/status/set-condition";
import { hasReason, type AppError } from "@/server/errors";
import { emitEvent } from "./emit-event";
import type { PassDeps } from "./service-pass";

/** null: the claim is there, or none is needed. */
export type ClaimFault = {
  readonly message: string;
  readonly error: AppError | null;
  /** The user's claim is not there. */
  readonly claimMissing: boolean;
} | null;

/**
 * Makes sure that the claim the service needs exists. The user's claim is only looked for; one of the operator's is created when it is
 * missing and never changed.
 */
export async function ensureClaim(
  deps: PassDeps,
  service: InferenceService,
  { model, draft }: { readonly model: Model; readonly draft: Model | null },
): Promise<ClaimFault> {
  if (!planClaim({ service, model, draft, settings: deps.settings }).needsClaim) return null;
  const plan = planOperatorClaim(service, deps.settings);
  switch (plan.kind) {
    case "userOwned":
      return findUserClaim(deps, service, plan.name);
    case "fault":
      return fault(plan.message, null);
    case "claim":
      return createClaim(deps, plan.claim);
  }
}

async function findUserClaim(
  deps: PassDeps,
  service: InferenceService,
  name: string,
): Promise<ClaimFault> {
  const { namespace } = service.metadata;
  if (await userClaimExists(deps, service, name)) return null;
  await emitEvent(deps, service, claimMissingEvent(service, name));
  return {
    message: `Failed to ensure model cache PVC: claim "${name}", named by spec.modelCache.claimName, does not exist in namespace "${namespace}"; it is yours to create, and the service goes on once it is there`,
    error: null,
    claimMissing: true,
  };
}

/**
 * The watch of claims may be behind that of services, and a claim that is there must not be called missing: it is asked for
 * before that is said, once. A name that no claim can have is not asked for.
 */
async function userClaimExists(
  deps: PassDeps,
  service: InferenceService,
  name: string,
): Promise<boolean> {
  const { namespace } = service.metadata;
  if (!isClaimName(name)) return false;
  if (deps.own.get("persistentvolumeclaims", `${namespace}/${name}`) !== null) return true;
  if (isSaidMissing(deps, service)) return false;
  return (await deps.store.get("persistentvolumeclaims", { namespace, name })) !== null;
}

/** Of this spec; from then on the watch tells when the claim appears. */
function isSaidMissing({ index, improvements }: PassDeps, { metadata, status }: InferenceService) {
  const said = findCondition(status?.conditions, CACHE_CONDITION);
  return (
    said?.reason === CLAIM_NOT_FOUND &&
    said.observedGeneration === metadata.generation &&
    improvements.has("HealOnClaim") &&
    !index.invisible().has("persistentvolumeclaims")
  );
}

/** Makes the claim unless it is there. One that exists is left as it is, whatever it looks like. */
export async function createClaim(
  { own, store }: Pick<PassDeps, "own" | "store">,
  claim: OperatorClaim,
): Promise<ClaimFault> {
  const key = `${claim.metadata.namespace}/${claim.metadata.name}`;
  if (own.get("persistentvolumeclaims", key) !== null) return null;
  try {
    // Services that share a claim are brought up together.
    await own.recordOnce("persistentvolumeclaims", key, () =>
      store.create("persistentvolumeclaims", claim),
    );
    return null;
  } catch (error) {
    if (hasReason(error, "AlreadyExists")) return null;
    if (!hasReason(error, "Forbidden") && !hasReason(error, "Invalid")) throw error;
    return fault(`claim "${claim.metadata.name}" could not be created: ${error.message}`, error);
  }
}

function fault(message: string, error: AppError | null): ClaimFault {
  return { message: `Failed to ensure model cache PVC: ${message}`, error, claimMissing: false };
}
