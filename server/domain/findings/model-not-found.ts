import type { Finding } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import { isVisible } from "../service-state";
import { quote } from "../wording";
import { absent, buildFinding, seen } from "./finding";

/** The service refers to a Model, or a draft Model, that does not exist. Says nothing while Models are not visible. */
export function modelNotFound(facts: ServiceFacts): Finding | null {
  const { service, model, surroundings } = facts;
  if (!isVisible(surroundings, "models")) return null;
  const { namespace } = service.metadata;
  const draftRef = draftModelRef(facts);
  const draft = model !== null;
  const name = draft ? draftRef : service.spec.modelRef;
  if (name === null || (draft && facts.draftModel !== null)) return null;
  const field = draft ? "spec.speculativeDecoding.draftModelRef" : "spec.modelRef";
  return buildFinding({
    code: "ModelNotFound",
    severity: "error",
    message: `${draft ? "Draft model" : "Model"} ${quote(name)} does not exist in namespace ${namespace}.`,
    nextStep: `Create the Model, or correct ${field}. The service continues by itself.`,
    evidence: [
      seen(surroundings, { kind: "InferenceService", object: service, field, value: name }),
      absent({ kind: "Model", namespace, name }),
    ],
  });
}

/** Types of speculative decoding that load no second model. */
const WITHOUT_WEIGHTS = /^(none|disabled|mtp|ngram.*)$/u;

/** The draft Model that the service refers to and would load; null when none. */
export function draftModelRef({ service }: ServiceFacts): string | null {
  const { type = "none", draftModelRef: name = "" } = service.spec.speculativeDecoding ?? {};
  return name === "" || WITHOUT_WEIGHTS.test(type) ? null : name;
}
