import type { Finding } from "@/server/contract/finding";
import { draftModelRef } from "../deployment/draft-model";
import type { ServiceFacts } from "../facts";
import { isVisible } from "../service-state";
import { quote } from "../wording";
import { absent, buildFinding, seen } from "./finding";

/** The service refers to a Model, or a draft Model, that does not exist. Says nothing while Models are not visible. */
export function modelNotFound(facts: ServiceFacts): Finding | null {
  const { service, model, surroundings } = facts;
  if (!isVisible(surroundings, "models")) return null;
  const { namespace } = service.metadata;
  const draftRef = draftModelRef(service);
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
