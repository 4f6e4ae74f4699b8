import type { Finding, FindingAction } from "@/server/contract/finding";
import { declaredClaim } from "../claim-selection";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Condition, InferenceService } from "../objects";
import { RECONCILE_REQUESTED_AT, reconcileAskedFor } from "../reconcile-request";
import { missingClaimFailure } from "../service-state";
import { plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** The claim exists by now, but LLMKube, which does not watch claims, still reports the service as failed for it. */
export function notHealed(facts: ServiceFacts): Finding | null {
  const { service, surroundings, claims } = facts;
  const claim = declaredClaim(service);
  const failure = missingClaimFailure(service);
  const claimFacts = claim === null ? null : (claims.get(claim) ?? null);
  const failing = service.status?.phase === "Failed" && failure !== null;
  if (surroundings.builtinOperator || !failing || claim === null || claimFacts === null)
    return null;
  const asked = reconcileAskedFor(service, claimFacts.claim);
  return buildFinding({
    code: "NotHealed",
    severity: "error",
    message: `Claim ${quote(claim)} exists by now, but the operator has not looked at the service again and still reports it as failed.`,
    nextStep:
      asked === null
        ? "Nudge the service: any touch makes LLMKube look again, and an annotation is enough. Mooring does so by itself for claims attached here."
        : `LLMKube was asked at ${asked} to look again. If the service stays failed, see whether the LLMKube operator runs.`,
    since: later(failure.lastTransitionTime, claimFacts.claim.metadata.creationTimestamp),
    evidence: evidenceOf(facts, claimFacts, failure),
    actions: actionsOf(service, asked !== null),
  });
}

function evidenceOf(facts: ServiceFacts, { claim }: ClaimFacts, failure: Condition) {
  const { service, surroundings } = facts;
  const asked = reconcileAskedFor(service, claim);
  const ofService = { kind: "InferenceService", object: service } as const;
  return [
    seen(surroundings, {
      ...ofService,
      field: "status.conditions[Degraded].message",
      value: failure.message,
    }),
    seen(surroundings, {
      kind: "PersistentVolumeClaim",
      object: claim,
      field: "metadata.creationTimestamp",
      value: claim.metadata.creationTimestamp,
    }),
    ...(asked === null
      ? []
      : [
          seen(surroundings, {
            ...ofService,
            field: `metadata.annotations[${RECONCILE_REQUESTED_AT}]`,
            value: asked,
          }),
        ]),
  ];
}

/** Once per claim is enough for the button; the command stays for who wants to try again. */
function actionsOf({ metadata }: InferenceService, asked: boolean): FindingAction[] {
  const { namespace, name } = metadata;
  return [
    ...(asked ? [] : [{ type: "RequestReconcile", label: "Nudge the service" } as const]),
    {
      type: "CopyCommand",
      label: "Copy the nudge",
      command: `kubectl -n ${plain(namespace)} annotate inferenceservice ${plain(name)} ${RECONCILE_REQUESTED_AT}="$(date -u +%FT%TZ)" --overwrite`,
    },
  ];
}

function later(a: string, b: string): string {
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
