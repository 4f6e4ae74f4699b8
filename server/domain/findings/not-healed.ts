import type { Finding } from "@/server/contract/finding";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { missingClaimFailure } from "../service-state";
import { plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** Touching it makes LLMKube look at the service again; its value means nothing. */
export const RECONCILE_ANNOTATION = "mooring.dev/reconcile-requested-at";

/** The claim exists by now, but LLMKube, which does not watch claims, still reports the service as failed for it. */
export function notHealed(facts: ServiceFacts): Finding | null {
  const { service, surroundings, claims } = facts;
  const claim = declaredClaim(service);
  const failure = missingClaimFailure(service);
  const claimFacts = claim === null ? null : (claims.get(claim) ?? null);
  const failing = service.status?.phase === "Failed" && failure !== null;
  if (surroundings.builtinOperator || !failing || claim === null || claimFacts === null)
    return null;
  const { namespace, name } = service.metadata;
  return buildFinding({
    code: "NotHealed",
    severity: "error",
    message: `Claim ${quote(claim)} exists by now, but the operator has not looked at the service again and still reports it as failed.`,
    nextStep:
      "Nudge the service: any touch makes LLMKube look again, and an annotation is enough. Mooring does so by itself for claims attached here.",
    since: later(failure.lastTransitionTime, claimFacts.claim.metadata.creationTimestamp),
    evidence: [
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: "status.conditions[Degraded].message",
        value: failure.message,
      }),
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claimFacts.claim,
        field: "metadata.creationTimestamp",
        value: claimFacts.claim.metadata.creationTimestamp,
      }),
    ],
    actions: [
      {
        type: "CopyCommand",
        label: "Copy the nudge",
        command: `kubectl -n ${plain(namespace)} annotate inferenceservice ${plain(name)} ${RECONCILE_ANNOTATION}="$(date -u +%FT%TZ)" --overwrite`,
      },
    ],
  });
}

function later(a: string, b: string): string {
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
