import type { CacheKind } from "@/server/contract/service-view";
import { effectiveKey, isMetal } from "./cache-key";
import type { InferenceService, Model } from "./objects";
import type { OperatorSettingName, OperatorSettings } from "./operator-settings";
import { isPreStaged } from "./source";

export const SHARED_CLAIM = "llmkube-model-cache";

/** Runtimes whose pods get no storage volume and no init container: they fetch by themselves. */
const RUNTIMES_WITHOUT_INIT: ReadonlySet<string> = new Set([
  "tgi",
  "generic",
  "personaplex",
  "llamacpp-router",
]);

export type IgnoredCause =
  | "PreStaged"
  | "CachingDisabled"
  | "NoCacheKey"
  | "RuntimeWithoutInit"
  | "SkipModelInit"
  | "Metal"
  | "Ephemeral";

/** Where a service's weights go. */
export type ClaimPlan = {
  readonly kind: CacheKind;
  /** The claim its pods will mount as the cache (for `PreStaged`: none); null when they mount none or it cannot be told. */
  readonly effectiveClaim: string | null;
  /** Whether the operator insists on a claim before it makes a pod; by LLMKube's rule that is not the same as mounting it. */
  readonly needsClaim: boolean;
  /** Why `spec.modelCache.claimName` has no effect; null when it is not set or has one. `event`: the operator says so in an event. */
  readonly ignored: { readonly cause: IgnoredCause; readonly event: boolean } | null;
};

type Subject = {
  readonly service: InferenceService;
  readonly model: Model | null;
  /** The Model of `draftModelRef`; absent or null when none is loaded or it is not there. */
  readonly draft?: Model | null;
  readonly settings: OperatorSettings;
};

/** The claim name the user declared; null when none. */
export function declaredClaim(service: InferenceService): string | null {
  const name = service.spec.modelCache?.claimName ?? "";
  return name === "" ? null : name;
}

/** Whether the service asks for scratch space in place of a cache. */
export function isEphemeral(service: InferenceService): boolean {
  return service.spec.modelCache?.persistence === "Ephemeral";
}

/** The runtime, with LLMKube's default. */
export function runtimeOf(service: InferenceService): string {
  const runtime = service.spec.runtime ?? "";
  return runtime === "" ? "llamacpp" : runtime;
}

/** Whether pods of the service get a storage volume and init containers at all. */
export function stagesModel(service: InferenceService): boolean {
  return service.spec.skipModelInit !== true && !RUNTIMES_WITHOUT_INIT.has(runtimeOf(service));
}

/** The claim a service would use as its cache: the user's, else the shared one, else its own. */
export function claimNameOf(service: InferenceService, settings: OperatorSettings): string {
  const declared = declaredClaim(service);
  if (declared !== null) return declared;
  return settings.cacheMode === "perService"
    ? `${service.metadata.name}-model-cache`
    : SHARED_CLAIM;
}

/** Whether weights of the Model go to a persistent claim when the service stages them. */
export function wantsCache(subject: Subject): boolean {
  return (
    subject.settings.cachePath !== "" &&
    effectiveKey(subject.model) !== null &&
    !isEphemeral(subject.service)
  );
}

const UNKNOWN: ClaimPlan = {
  kind: "Unknown",
  effectiveClaim: null,
  needsClaim: false,
  ignored: null,
};

/** Settings that decide which claim the operator would use where none is declared. */
const DECISIVE: readonly OperatorSettingName[] = ["cachePath", "cacheMode"];

/**
 * Where the weights go and why not elsewhere. `Unknown` without a Model, and where the operator's settings decide and could not be
 * read. A declared claim is taken to be used unless caching is known to be off.
 */
export function planClaim(subject: Subject): ClaimPlan {
  const { service, model, settings } = subject;
  if (model === null) return UNKNOWN;
  const kind = kindOf(subject, model);
  const byOperator = kind === "Shared" || kind === "PerService";
  if (byOperator && DECISIVE.some((name) => settings.unknown.includes(name))) return UNKNOWN;
  const mounts = kind === "UserOwned" || kind === "Shared" || kind === "PerService";
  const cause = declaredClaim(service) === null ? null : ignoredCause(subject, model);
  return {
    kind,
    effectiveClaim: mounts ? claimNameOf(service, settings) : null,
    needsClaim: needsClaim(subject, model, mounts),
    ignored: cause === null ? null : { cause, event: ANNOUNCED.has(cause) },
  };
}

/** LLMKube asks by the target's Model alone, also where no volume is made, and not for a draft's sake. */
function needsClaim(subject: Subject, model: Model, mounts: boolean): boolean {
  const { service, draft = null, settings } = subject;
  if (settings.claimRule === "asLLMKube") {
    return wantsCache(subject) && !isPreStaged(model.spec.source);
  }
  return mounts || (!isMetal(model) && draftUsesCache({ service, draft, settings }));
}

/** Whether a draft model is kept on the service's cache claim, wherever the target's weights are. */
export function draftUsesCache({
  service,
  draft = null,
  settings,
}: Omit<Subject, "model">): boolean {
  if (draft === null || !stagesModel(service) || isPreStaged(draft.spec.source)) return false;
  return wantsCache({ service, model: draft, settings });
}

const ANNOUNCED: ReadonlySet<IgnoredCause> = new Set([
  "PreStaged",
  "CachingDisabled",
  "NoCacheKey",
]);

function kindOf({ service, settings, ...rest }: Subject, model: Model): CacheKind {
  if (isMetal(model) || !stagesModel(service)) return "None";
  if (isPreStaged(model.spec.source)) return "PreStaged";
  if (isEphemeral(service)) return "Ephemeral";
  if (!wantsCache({ service, settings, ...rest })) return "None";
  if (declaredClaim(service) !== null) return "UserOwned";
  return settings.cacheMode === "perService" ? "PerService" : "Shared";
}

function ignoredCause({ service, settings }: Subject, model: Model): IgnoredCause | null {
  const causes: readonly (readonly [boolean, IgnoredCause])[] = [
    [isPreStaged(model.spec.source), "PreStaged"],
    [isEphemeral(service), "Ephemeral"],
    [settings.cachePath === "", "CachingDisabled"],
    [effectiveKey(model) === null, "NoCacheKey"],
    [isMetal(model), "Metal"],
    [service.spec.skipModelInit === true, "SkipModelInit"],
    [!stagesModel(service), "RuntimeWithoutInit"],
  ];
  return causes.find(([holds]) => holds)?.[1] ?? null;
}
