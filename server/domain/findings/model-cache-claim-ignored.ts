import type { Evidence, Finding } from "@/server/contract/finding";
import { effectiveKey } from "../cache-key";
import { declaredClaim, type IgnoredCause, runtimeOf } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { draftUsesCache, isMissing, planOf } from "../service-state";
import { pvcSource } from "../source";
import { displaySource, quote } from "../wording";
import { eventEvidence, newestEvent } from "./event-evidence";
import { buildFinding, declaredEvidence, DETACH, seen } from "./finding";

type Wording = {
  readonly why: (facts: ServiceFacts) => string;
  readonly nextStep: string;
  readonly evidence: (facts: ServiceFacts) => Evidence[];
};

const REMOVE = "Detach the claim, so that the spec says what happens.";

const WORDINGS: Readonly<Record<IgnoredCause, Wording>> = {
  PreStaged: {
    why: ({ model }) => {
      const claim = pvcSource(model?.spec.source ?? "")?.claim ?? null;
      const volume = claim === null ? "a pre-staged pvc:// volume" : `claim ${quote(claim)}`;
      return `the model is served read-only from ${volume} that its source names, so nothing is downloaded`;
    },
    nextStep: `To use the claim, give the Model a source that can be downloaded. Otherwise: ${REMOVE}`,
    evidence: (facts) => modelEvidence(facts, "spec.source"),
  },
  CachingDisabled: {
    why: () => "model caching is switched off in the operator, so weights go to scratch space",
    nextStep:
      "Start the operator with a cache path (--model-cache-path=/models); it then uses the claim.",
    evidence: () => [],
  },
  NoCacheKey: {
    why: ({ model }) =>
      `Model ${quote(model?.metadata.name ?? "")} has no cache key: its source is fetched by the runtime itself or is a local path`,
    nextStep:
      "Name the files to stage in the Model (spec.files), or use the URL of one file; such Models get a key and use the claim.",
    evidence: (facts) => modelEvidence(facts, "status.cacheKey"),
  },
  RuntimeWithoutInit: {
    why: ({ service }) =>
      `runtime ${quote(runtimeOf(service))} fetches models itself and mounts no cache volume`,
    nextStep: `Use a runtime that stages its model (llamacpp, vllm, sglang). Otherwise: ${REMOVE}`,
    evidence: (facts) => serviceEvidence(facts, "spec.runtime", runtimeOf(facts.service)),
  },
  SkipModelInit: {
    why: () => "skipModelInit is set, so its pods get no storage volume at all",
    nextStep: `Unset spec.skipModelInit to stage the model on the claim. Otherwise: ${REMOVE}`,
    evidence: (facts) => serviceEvidence(facts, "spec.skipModelInit", "true"),
  },
  Metal: {
    why: () => "the model runs on the metal agent of a host, outside of any pod",
    nextStep: `Claims cannot be used there. ${REMOVE}`,
    evidence: (facts) => modelEvidence(facts, "spec.hardware.accelerator"),
  },
  Ephemeral: {
    why: () => "the service asks for Ephemeral persistence, which is scratch space",
    nextStep: `Set spec.modelCache.persistence to Cached to use the claim. Otherwise: ${REMOVE}`,
    evidence: (facts) => serviceEvidence(facts, "spec.modelCache.persistence", "Ephemeral"),
  },
};

/** The declared claim exists in the spec only: by the contract its weights go elsewhere. Silent while the Model is not settled yet. */
export function modelCacheClaimIgnored(facts: ServiceFacts): Finding | null {
  const claim = declaredClaim(facts.service);
  const cause = planOf(facts).ignored?.cause;
  if (claim === null || cause === undefined) return null;
  if (cause === "NoCacheKey" && facts.model?.status?.phase !== "Ready") return null;
  const why = WORDINGS[cause].why(facts);
  return draftUsesCache(facts)
    ? build(facts, cause, {
        severity: "info",
        message: `Claim ${quote(claim)} holds only the draft model: ${why}.`,
        nextStep: "Nothing to do if that is what you want.",
      })
    : build(facts, cause, {
        severity: "warning",
        message: `Claim ${quote(claim)} is not used: ${why}.${stillRequired(facts, claim)}`,
        nextStep: WORDINGS[cause].nextStep,
      });
}

function build(
  facts: ServiceFacts,
  cause: IgnoredCause,
  texts: Pick<Finding, "severity" | "message" | "nextStep">,
): Finding {
  const { service, surroundings, events } = facts;
  const event = newestEvent(events, ["ModelCacheClaimIgnored"]);
  return buildFinding({
    code: "ModelCacheClaimIgnored",
    ...texts,
    evidence: [
      declaredEvidence(surroundings, service),
      ...WORDINGS[cause].evidence(facts),
      ...(event === null ? [] : [eventEvidence(surroundings, event)]),
    ],
    actions: texts.severity === "info" ? [] : [DETACH],
  });
}

function stillRequired(facts: ServiceFacts, claim: string): string {
  if (!planOf(facts).needsClaim) return "";
  return isMissing(facts, claim)
    ? " The operator requires it all the same, and fails the service because it does not exist."
    : " The operator requires it to exist all the same: without it the service would fail.";
}

function modelEvidence({ model, surroundings }: ServiceFacts, field: string): Evidence[] {
  if (model === null) return [];
  const values: Readonly<Record<string, string>> = {
    "spec.source": displaySource(model.spec.source),
    "status.cacheKey": effectiveKey(model) ?? "not set",
    "spec.hardware.accelerator": model.spec.hardware?.accelerator ?? "not set",
  };
  return [seen(surroundings, { kind: "Model", object: model, field, value: values[field] ?? "" })];
}

function serviceEvidence(facts: ServiceFacts, field: string, value: string): Evidence[] {
  return [
    seen(facts.surroundings, { kind: "InferenceService", object: facts.service, field, value }),
  ];
}
