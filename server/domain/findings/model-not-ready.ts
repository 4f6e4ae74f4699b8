import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts, Surroundings } from "../facts";
import type { Condition, Model } from "../objects";
import { pvcSource } from "../source";
import { plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** The Model, or the draft Model, is not Ready, which holds the service back. A failed one is an error with the Model's own words. */
export function modelNotReady(facts: ServiceFacts): Finding | null {
  const model = [facts.model, facts.draftModel].find(
    (candidate): candidate is Model => candidate !== null && candidate.status?.phase !== "Ready",
  );
  if (model === undefined) return null;
  return model.status?.phase === "Failed"
    ? failed(model, facts.surroundings)
    : waiting(model, facts);
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
  const claim = deadlockedClaim(model, facts);
  return buildFinding({
    code: "ModelNotReady",
    severity: claim === null ? "info" : "warning",
    message:
      claim === null
        ? `The service waits for Model ${quote(model.metadata.name)}, which is ${plain(phase, 60)}.`
        : `Model ${quote(model.metadata.name)} waits until claim ${quote(claim)} is bound, and the claim waits for a first pod, which the Model holds back.`,
    nextStep:
      claim === null
        ? "Nothing to do while the Model makes progress."
        : "Bind the claim with any pod that mounts it, such as the one that copies the weights onto it.",
    since: progressing?.lastTransitionTime ?? null,
    evidence: [conditionEvidence(model, facts.surroundings, progressing)],
  });
}

/** A pre-staged claim that binds at its first pod never binds: the operator makes no pod before the Model is Ready. */
function deadlockedClaim(model: Model, facts: ServiceFacts): string | null {
  const name = pvcSource(model.spec.source)?.claim;
  if (name === undefined) return null;
  const claimFacts = facts.claims.get(name) ?? null;
  return claimFacts !== null && waitsForFirstPod(claimFacts) ? name : null;
}

function waitsForFirstPod({ claim, storageClass, pods }: ClaimFacts): boolean {
  return (
    (claim.status?.phase ?? "Pending") === "Pending" &&
    storageClass?.volumeBindingMode === "WaitForFirstConsumer" &&
    pods.length === 0
  );
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
