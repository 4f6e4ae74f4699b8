import type { Finding } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { cacheClaimOf, podCondition } from "../pod-state";
import { readyPods } from "../service-state";
import { count, listNames } from "../wording";
import { buildFinding, seen } from "./finding";

/** A status written a moment later than the pods is no contradiction. */
const GRACE_SECONDS = 30;

/** The status counts no ready pod, yet pods serve. Fires at once for a failed service, else after a grace time. */
export function statusDisagreesWithPods(facts: ServiceFacts): Finding | null {
  const { service, surroundings } = facts;
  const pods = readyPods(facts);
  const reported = service.status?.readyReplicas ?? 0;
  if (pods.length === 0 || reported > 0) return null;
  const now = Date.parse(surroundings.now);
  const lasting = pods.some((pod) => now - readySince(pod) >= GRACE_SECONDS * 1000);
  return service.status?.phase === "Failed" || lasting ? build(facts, pods) : null;
}

function build({ service, surroundings }: ServiceFacts, pods: readonly Pod[]): Finding {
  const claims = [...new Set(pods.map(claimOf))];
  return buildFinding({
    code: "StatusDisagreesWithPods",
    severity: "warning",
    message: `The status says 0 ready, but ${count(pods.length, "pod")} ${pods.length === 1 ? "is" : "are"} serving, from ${listNames(claims)}.`,
    nextStep: "Requests are answered; the operator's status is not about these pods.",
    since: readyTimes(pods),
    evidence: [
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: "status.readyReplicas",
        value: "0",
      }),
      ...pods.slice(0, 3).map((pod) =>
        seen(surroundings, {
          kind: "Pod",
          object: pod,
          field: "status.conditions[Ready]",
          value: `True, on ${claimOf(pod)}`,
        }),
      ),
    ],
  });
}

function claimOf(pod: Pod): string {
  return cacheClaimOf(pod.spec) ?? "no claim";
}

function readySince(pod: Pod): number {
  return Date.parse(
    podCondition(pod, "Ready")?.lastTransitionTime ?? pod.metadata.creationTimestamp,
  );
}

function readyTimes(pods: readonly Pod[]): string | null {
  const times = pods.flatMap((pod) => podCondition(pod, "Ready")?.lastTransitionTime ?? []);
  return times.sort()[0] ?? null;
}
