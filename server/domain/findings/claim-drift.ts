import type { Finding } from "@/server/contract/finding";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import type { InferenceService, Pod } from "../objects";
import { cacheClaimOf, isReady } from "../pod-state";
import { expectedCacheClaim, isMissing, planOf, rolledOutClaim, whenTrue } from "../service-state";
import { count, plain, quote } from "../wording";
import { buildFinding, declaredEvidence, seen } from "./finding";

type Gap = {
  readonly stage: "rolledOut" | "mounted";
  readonly wanted: string | null;
  readonly has: string | null;
};
type Cause = { readonly why: string; readonly nextStep: string; readonly since: string | null };

/** A claim that nobody declared is the operator's choice. */
function whoseWish(service: InferenceService, wanted: string | null): string {
  return wanted !== null && declaredClaim(service) === null
    ? "By the operator's rules it is"
    : "Declared is";
}

/** What is declared, what is in the Deployment and what the pods mount are not the same claim; with what the change waits for. */
export function claimDrift(facts: ServiceFacts): Finding | null {
  const gap = gapOf(facts);
  if (gap === null) return null;
  const { service, deployment, surroundings } = facts;
  const cause = gap.stage === "rolledOut" ? rolloutCause(facts) : mountCause(facts, gap);
  return buildFinding({
    code: "ClaimDrift",
    severity: "warning",
    message: `${whoseWish(service, gap.wanted)} ${cacheName(gap.wanted)}, ${gap.stage === "rolledOut" ? "the Deployment still has" : "pods still mount"} ${cacheName(gap.has)}: ${cause.why}.`,
    nextStep: cause.nextStep,
    since: cause.since,
    evidence: [
      declaredEvidence(surroundings, service),
      ...(deployment === null
        ? []
        : [
            seen(surroundings, {
              kind: "Deployment",
              object: deployment,
              field: "spec.template.spec.volumes[model-cache]",
              value: rolledOutClaim(facts) ?? "no claim",
            }),
          ]),
      ...facts.pods
        .filter(isReady)
        .slice(0, 3)
        .map((pod) =>
          seen(surroundings, {
            kind: "Pod",
            object: pod,
            field: "spec.volumes[model-cache]",
            value: cacheClaimOf(pod.spec) ?? "no claim",
          }),
        ),
    ],
  });
}

function cacheName(claim: string | null): string {
  return claim === null ? "no cache claim" : `claim ${quote(claim)}`;
}

function gapOf(facts: ServiceFacts): Gap | null {
  const plan = planOf(facts);
  if (plan.kind === "Unknown" || facts.deployment === null) return null;
  const wanted = expectedCacheClaim(facts);
  const rolledOut = rolledOutClaim(facts);
  if (rolledOut !== wanted) return { stage: "rolledOut", wanted, has: rolledOut };
  const old = oldPods(facts, wanted)[0];
  return old === undefined ? null : { stage: "mounted", wanted, has: cacheClaimOf(old.spec) };
}

/** Running pods with another claim. One on its way out is no drift any more. */
function oldPods({ pods }: ServiceFacts, wanted: string | null): Pod[] {
  return pods.filter(
    (pod) =>
      pod.status?.phase === "Running" &&
      pod.metadata.deletionTimestamp === undefined &&
      cacheClaimOf(pod.spec) !== wanted,
  );
}

function rolloutCause(facts: ServiceFacts): Cause {
  return (
    missingClaimCause(facts) ??
    deferredCause(facts.service) ??
    notReadyModelCause(facts) ??
    failureCause(facts.service) ?? {
      why: "the operator has not rolled it out yet",
      nextStep: facts.surroundings.builtinOperator
        ? "Nothing to do: this takes a moment."
        : "This takes a moment. If it stays so, look whether the LLMKube operator runs.",
      since: null,
    }
  );
}

function missingClaimCause(facts: ServiceFacts): Cause | null {
  const claim = declaredClaim(facts.service);
  if (claim === null || !isMissing(facts, claim)) return null;
  return {
    why: `claim ${quote(claim)} does not exist, so the operator leaves the Deployment as it is`,
    nextStep: "Create the claim or attach another one; the rollout follows.",
    since: whenTrue(facts.service, "Degraded")?.lastTransitionTime ?? null,
  };
}

function deferredCause(service: InferenceService): Cause | null {
  const deferred = whenTrue(service, "RolloutDeferred");
  if (deferred === null) return null;
  return {
    why: `the rollout waits until the pods are idle (${plain(deferred.reason, 60)})`,
    nextStep:
      "It goes ahead when requests have drained or the idle timeout ends; spec.rolloutPolicy.force does it at once.",
    since: deferred.lastTransitionTime,
  };
}

function notReadyModelCause({ service, model }: ServiceFacts): Cause | null {
  if (model?.status?.phase === "Ready") return null;
  return {
    why: `Model ${quote(service.spec.modelRef)} is not Ready, so the operator does not touch the Deployment`,
    nextStep: "Bring the Model to Ready; the rollout follows.",
    since: null,
  };
}

function failureCause(service: InferenceService): Cause | null {
  if (service.status?.phase !== "Failed") return null;
  return {
    why: "the operator reports a failure and leaves the Deployment as it is",
    nextStep: "Resolve the failure; the rollout follows.",
    since: whenTrue(service, "Degraded")?.lastTransitionTime ?? null,
  };
}

function mountCause(facts: ServiceFacts, gap: Gap): Cause {
  const { deployment } = facts;
  const conditions = deployment?.status?.conditions ?? [];
  const stuck = conditions.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  const old = oldPods(facts, gap.wanted).length;
  if (stuck !== undefined) {
    return {
      why: "the rollout has stopped making progress",
      nextStep: "The new pods cannot start: look at the other findings and at their logs.",
      since: stuck.lastTransitionTime ?? null,
    };
  }
  return {
    why: `the rollout is under way, ${count(old, "pod")} of the old kind left`,
    nextStep: "Nothing to do while new pods make progress.",
    since: null,
  };
}
