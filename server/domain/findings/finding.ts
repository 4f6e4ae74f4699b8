import type { Evidence, Finding, FindingAction } from "@/server/contract/finding";
import type { Surroundings } from "../facts";
import type { AnyObject, InferenceService } from "../objects";
import { plain, sentence } from "../wording";

export const MODEL_CACHE_FIELD = "spec.modelCache.claimName";

type Draft = Pick<Finding, "code" | "severity" | "message" | "nextStep"> &
  Partial<Pick<Finding, "since" | "evidence" | "actions">>;

/** The finding with its texts made harmless and bounded, whatever the cluster put into them. */
export function buildFinding(draft: Draft): Finding {
  return {
    since: null,
    evidence: [],
    actions: [],
    ...draft,
    message: sentence(draft.message),
    nextStep: sentence(draft.nextStep),
  };
}

type Fact = {
  readonly kind: string;
  readonly object: AnyObject;
  readonly field: string;
  readonly value: string;
};

/** A fact read from an object, with the time we last saw that object. */
export function seen(surroundings: Surroundings, fact: Fact): Evidence {
  const { namespace, name } = fact.object.metadata;
  return {
    kind: fact.kind,
    namespace: namespace === "" ? null : namespace,
    name: plain(name),
    field: fact.field,
    value: plain(fact.value),
    observedAt: surroundings.observedAt(fact.object),
  };
}

/** The fact that an object is not there. */
export function absent(fact: {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}): Evidence {
  const { kind, namespace } = fact;
  return {
    kind,
    namespace,
    name: plain(fact.name),
    field: "metadata.name",
    value: "not found",
    observedAt: null,
  };
}

/** What the service declares as its claim. */
export function declaredEvidence(surroundings: Surroundings, service: InferenceService): Evidence {
  return seen(surroundings, {
    kind: "InferenceService",
    object: service,
    field: MODEL_CACHE_FIELD,
    value: service.spec.modelCache?.claimName ?? "not set",
  });
}

export const ATTACH_OTHER: FindingAction = { type: "AttachClaim", label: "Use another claim" };
export const DETACH: FindingAction = {
  type: "DetachClaim",
  label: "Go back to the operator's cache",
};
