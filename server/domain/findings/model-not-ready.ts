import type { Finding } from "@/server/contract/finding";
import type { ServiceFacts, Surroundings } from "../facts";
import type { Condition, Model } from "../objects";
import { plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";
import { findDeadlock } from "./first-consumer-deadlock";

/** The Model, or the draft Model, is not Ready, which holds the service back. A failed one is an error with the Model's own words. */
export function modelNotReady(facts: ServiceFacts): Finding | null {
  const model = [facts.model, facts.draftModel].find(
    (candidate): candidate is Model => candidate !== null && candidate.status?.phase !== "Ready",
  );
  if (model === undefined) return null;
  if (model.status?.phase === "Failed") return failed(model, facts.surroundings);
  return findDeadlock(facts) === null ? waiting(model, facts) : null;
}

function failed(model: Model, surroundings: Surroundings): Finding {
  const cause = trueCondition(model, "Degraded") ?? failedPrefetch(model);
  const reason = cause === null ? "Failed" : plain(cause.reason, 60);
  const why = cause === null ? "." : `: ${plain(cause.message)}`;
  return buildFinding({
    code: "ModelNotReady",
    severity: "error",
    message: `Model ${quote(model.metadata.name)} has failed (${reason})${why}`,
    nextStep:
      cause?.reason === "PrefetchFailed"
        ? "Read the logs of the Job's pods, put right what they tell, and delete the Job: it is made again."
        : "Correct the Model; the service continues by itself once it is Ready.",
    since: cause?.lastTransitionTime ?? null,
    evidence: [conditionEvidence(model, surroundings, cause)],
  });
}

/** A prefetch that went wrong is told by a Model that makes no progress any more. */
function failedPrefetch({ status }: Model): Condition | null {
  return (
    status?.conditions?.find(
      ({ type, status: value, reason }) =>
        type === "Progressing" && value === "False" && reason.startsWith("Prefetch"),
    ) ?? null
  );
}

function waiting(model: Model, facts: ServiceFacts): Finding {
  const progressing = trueCondition(model, "Progressing");
  const phase = model.status?.phase ?? "not seen by the operator yet";
  return buildFinding({
    code: "ModelNotReady",
    severity: "info",
    message: `The service waits for Model ${quote(model.metadata.name)}, which is ${plain(phase, 60)}.`,
    nextStep: "Nothing to do while the Model makes progress.",
    since: progressing?.lastTransitionTime ?? null,
    evidence: [conditionEvidence(model, facts.surroundings, progressing)],
  });
}

function trueCondition(model: Model, type: string): Condition | null {
  return (
    model.status?.conditions?.find(
      (condition) => condition.type === type && condition.status === "True",
    ) ?? null
  );
}

function conditionEvidence(model: Model, surroundings: Surroundings, condition: Condition | null) {
  return seen(surroundings, {
    kind: "Model",
    object: model,
    field: condition === null ? "status.phase" : `status.conditions[${condition.type}]`,
    value:
      condition === null
        ? (model.status?.phase ?? "not set")
        : `${condition.reason}: ${condition.message}`,
  });
}
