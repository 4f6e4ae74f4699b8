import type { Finding, FindingCode } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import type { Condition, InferenceService } from "../objects";
import { conditionOf, missingClaimFailure, whenTrue } from "../service-state";
import { plain } from "../wording";
import { buildFinding, seen } from "./finding";

/** Findings that say why a service is Degraded better than its condition does. */
export const EXPLAINS_DEGRADED: ReadonlySet<FindingCode> = new Set([
  "ModelCachePVCNotFound",
  "NotHealed",
  "ModelNotFound",
  "ModelNotReady",
  "FirstConsumerDeadlock",
]);

/** The operator reports a failure that no other finding explains: its own words, without the bare "Failed". */
export function serviceDegraded(facts: ServiceFacts): Finding | null {
  const { service } = facts;
  const degraded = whenTrue(service, "Degraded");
  if (service.status?.phase === "Failed") return failed(facts, degraded);
  if (degraded !== null) return leftOver(facts, degraded);
  const driver = conditionOf(service, "DriverCompatible");
  if (driver?.status === "False") return failed(facts, driver);
  return waitingForGpu(facts);
}

function failed(facts: ServiceFacts, condition: Condition | null): Finding {
  const { service, surroundings } = facts;
  return buildFinding({
    code: "ServiceDegraded",
    severity: "error",
    message:
      condition === null
        ? "The operator reports the service as failed, without saying why."
        : `The operator reports: ${reasonOf(condition)}${plain(condition.message)}`,
    nextStep:
      condition === null
        ? "Look at the timeline and at the operator's log."
        : "Correct what it names; the operator tries again when the service changes.",
    since: condition?.lastTransitionTime ?? null,
    evidence: [conditionEvidence(service, condition, surroundings)],
  });
}

/** "Failed" is the reason of every failure and says nothing. */
function reasonOf({ reason }: Condition): string {
  return reason === "Failed" || reason === "" ? "" : `${plain(reason, 60)}: `;
}

/** LLMKube takes Degraded back only when the service is Ready again. */
function leftOver(facts: ServiceFacts, degraded: Condition): Finding {
  const healed = missingClaimFailure(facts.service) !== null;
  return buildFinding({
    code: "ServiceDegraded",
    severity: "info",
    message: healed
      ? "The service recovers from its missing claim; Degraded stays until it is Ready again."
      : `The service recovers; Degraded still shows the failure before: ${plain(degraded.message)}`,
    nextStep: "Nothing to do: the operator takes it back when the service is Ready.",
    since: degraded.lastTransitionTime,
    evidence: [conditionEvidence(facts.service, degraded, facts.surroundings)],
  });
}

function waitingForGpu(facts: ServiceFacts): Finding | null {
  const { service, surroundings } = facts;
  if (service.status?.phase !== "WaitingForGPU") return null;
  const condition = conditionOf(service, "GPUAvailable");
  const what = condition === null ? "" : `: ${plain(condition.message)}`;
  return buildFinding({
    code: "ServiceDegraded",
    severity: "warning",
    message: `The service waits for a free GPU${what === "" ? "." : what}`,
    nextStep: "It starts when one is free; stop another service or add a node to make room.",
    since: condition?.lastTransitionTime ?? null,
    evidence: [conditionEvidence(service, condition, surroundings)],
  });
}

function conditionEvidence(
  service: InferenceService,
  condition: Condition | null,
  surroundings: ServiceFacts["surroundings"],
) {
  return seen(surroundings, {
    kind: "InferenceService",
    object: service,
    field: condition === null ? "status.phase" : `status.conditions[${condition.type}]`,
    value:
      condition === null
        ? (service.status?.phase ?? "not set")
        : `${condition.reason}: ${condition.message}`,
  });
}
