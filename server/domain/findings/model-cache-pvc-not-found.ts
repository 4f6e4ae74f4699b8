import type { Finding } from "@/server/contract/finding";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { cacheClaimOf } from "../pod-state";
import { isMissing, missingClaimFailure, planOf, readyPods } from "../service-state";
import { count, listNames, quote } from "../wording";
import { claimYamlActions, isPossibleClaimName } from "./claim-yaml";
import { eventEvidence, eventTime, newestEvent } from "./event-evidence";
import { absent, ATTACH_OTHER, buildFinding, declaredEvidence, DETACH } from "./finding";

/** The service declares a claim that does not exist, and the operator insists on it. */
export function modelCachePvcNotFound(facts: ServiceFacts): Finding | null {
  const { service, events, surroundings } = facts;
  const claim = declaredClaim(service);
  if (claim === null || !planOf(facts).needsClaim || !isMissing(facts, claim)) return null;
  const { namespace } = service.metadata;
  const event = newestEvent(events, ["ModelCachePVCNotFound"]);
  const since = missingClaimFailure(service)?.lastTransitionTime;
  return buildFinding({
    code: "ModelCachePVCNotFound",
    severity: "error",
    message: `Claim ${quote(claim)} does not exist in namespace ${namespace}.${stillServing(facts, claim)}`,
    nextStep: nextStep(facts, claim),
    since: since ?? (event === null ? null : eventTime(event)),
    evidence: [
      declaredEvidence(surroundings, service),
      absent({ kind: "PersistentVolumeClaim", namespace, name: claim }),
      ...(event === null ? [] : [eventEvidence(surroundings, event)]),
    ],
    actions: [...claimYamlActions(facts, claim), ATTACH_OTHER, DETACH],
  });
}

/** The Deployment is left untouched, so its pods go on, and come back, unless the missing claim is the one they mount. */
function stillServing(facts: ServiceFacts, claim: string): string {
  const pods = readyPods(facts);
  if (pods.length === 0) return "";
  const claims = [...new Set(pods.map((pod) => cacheClaimOf(pod.spec)))].filter(
    (name) => name !== null,
  );
  const serves = `${count(pods.length, "pod")} still ${pods.length === 1 ? "serves" : "serve"}`;
  if (claims.length === 0) return ` ${serves} without a cache claim, as before.`;
  return claims.includes(claim)
    ? ` ${serves} from what is left of it, and would not start again.`
    : ` ${serves} from ${listNames(claims)}, as before.`;
}

function nextStep({ surroundings }: ServiceFacts, claim: string): string {
  if (!isPossibleClaimName(claim)) {
    return "No claim can have this name; attach another claim or remove the field.";
  }
  const owned =
    "Create the claim, or use another one. It is yours: the operator neither creates it nor falls back to another cache.";
  return surroundings.builtinOperator
    ? `${owned} As soon as it exists the service continues by itself.`
    : `${owned} LLMKube does not watch claims, so the service needs a nudge once it exists; Mooring gives it for claims attached here.`;
}
