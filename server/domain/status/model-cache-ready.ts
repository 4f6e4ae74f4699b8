import { effectiveKey, isStaleKey } from "../cache-key";
import { claimNameOf, declaredClaim, draftUsesCache, planClaim } from "../claim-selection";
import type { Claim, InferenceService, Model, Pod } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { cacheClaimOf, isReady } from "../pod-state";
import type { ConditionUpdate } from "./set-condition";

/** Beside LLMKube's own conditions: True in use, False not and why, Unknown not yet to be told. */
export const CACHE_CONDITION = "ModelCacheReady";

/** Reason of `ModelCacheReady=False` where the user's claim is not there. */
export const CLAIM_NOT_FOUND = "ModelCacheClaimNotFound";

export type CacheConditionInput = {
  readonly service: InferenceService;
  /** null: there is none. */
  readonly model: Model | null;
  readonly draft: Model | null;
  readonly settings: OperatorSettings;
  /** The user's claim was asked for and is not there. */
  readonly claimMissing: boolean;
  /** The claim that pods are to mount; null when it is not there or none is to be mounted. */
  readonly claim: Claim | null;
  readonly pods: readonly Pod[];
  readonly desired: number;
};

type Verdict = Pick<ConditionUpdate, "status" | "reason" | "message">;

/** Whether the service's weights come from the claim they should come from; null for a service that names no claim and uses none. */
export function planCacheCondition(input: CacheConditionInput): ConditionUpdate | null {
  const verdict = decide(input);
  return verdict === null ? null : { type: CACHE_CONDITION, ...verdict };
}

function decide(input: CacheConditionInput): Verdict | null {
  const { service, model } = input;
  const declared = declaredClaim(service);
  if (model?.status?.phase !== "Ready") {
    return declared === null ? null : unknown("ModelNotReady", "The Model is not Ready yet");
  }
  const { expected, cause } = expectedClaim(input);
  if (expected === null) return ignored(declared, cause);
  if (input.claimMissing) {
    const { namespace } = service.metadata;
    return no(CLAIM_NOT_FOUND, `Claim "${expected}" does not exist in namespace "${namespace}"`);
  }
  return ofClaim(input.claim) ?? ofKey(model) ?? ofPods(input, expected);
}

/** The claim that pods are to mount, for the target or a draft; else why the one that is named has no effect. */
function expectedClaim({ service, model, draft, settings }: CacheConditionInput) {
  const plan = planClaim({ service, model, draft, settings });
  const drafted = draftUsesCache({ service, draft, settings });
  return {
    expected: plan.effectiveClaim ?? (drafted ? claimNameOf(service, settings) : null),
    cause: plan.ignored?.cause ?? null,
  };
}

function ignored(declared: string | null, cause: string | null): Verdict | null {
  if (declared === null || cause === null) return null;
  return no(
    `Ignored${cause}`,
    `Claim "${declared}" is named but not used: ${CAUSES[cause] ?? cause}`,
  );
}

const CAUSES: Readonly<Record<string, string>> = {
  PreStaged: "the model source is on a claim of its own",
  CachingDisabled: "model caching is switched off on the operator",
  NoCacheKey: "the Model has no cache key",
  RuntimeWithoutInit: "this runtime fetches its model itself",
  SkipModelInit: "spec.skipModelInit is true",
  Metal: "the model runs outside of any pod",
  Ephemeral: "the cache is Ephemeral",
};

function ofClaim(claim: Claim | null): Verdict | null {
  if (claim === null) return null;
  const { name, deletionTimestamp } = claim.metadata;
  if (deletionTimestamp !== undefined) {
    return no("ModelCacheClaimTerminating", `Claim "${name}" is being deleted`);
  }
  if (claim.status?.phase !== "Lost") return null;
  return no("ModelCacheClaimLost", `Claim "${name}" has lost its volume`);
}

function ofKey(model: Model): Verdict | null {
  if (!isStaleKey(model)) return null;
  return no(
    "StaleCacheKey",
    `Model "${model.metadata.name}" was resolved for an earlier spec.source: its weights are still looked for under "${effectiveKey(model) ?? ""}"`,
  );
}

function ofPods({ pods, desired }: CacheConditionInput, expected: string): Verdict {
  if (desired === 0) {
    return unknown("NoPodsWanted", `No pod is wanted; claim "${expected}" keeps what it holds`);
  }
  const ready = pods.filter(isReady);
  if (ready.some((pod) => cacheClaimOf(pod.spec) !== expected)) {
    return unknown("RollingOut", `Pods that do not mount claim "${expected}" still serve`);
  }
  return ready.length === 0
    ? unknown("PodsNotReady", `No ready pod mounts claim "${expected}" yet`)
    : { status: "True", reason: "InUse", message: `Every ready pod mounts claim "${expected}"` };
}

const no = (reason: string, message: string): Verdict => ({ status: "False", reason, message });
const unknown = (reason: string, message: string): Verdict => ({
  status: "Unknown",
  reason,
  message,
});
