import type { Finding } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import { isUnschedulable, podCondition } from "../pod-state";
import { namesOf, type NodeFit } from "../scheduling";
import { judgePossible } from "../service-placement";
import { servingClaimFacts } from "../service-state";
import { count, listNames, plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** The scheduler has found no node for a pod. It is said in its own words, and whether any node could ever do. */
export function podUnschedulable(facts: ServiceFacts): Finding | null {
  const waiting = facts.pods.filter(isUnschedulable);
  const [pod] = waiting;
  if (pod === undefined) return null;
  const condition = podCondition(pod, "PodScheduled");
  const said = condition?.message ?? "";
  const possible = judgePossible(facts, servingClaimFacts(facts));
  const who =
    waiting.length === 1
      ? `Pod ${quote(pod.metadata.name)} has no node`
      : `${count(waiting.length, "pod")} have no node`;
  return buildFinding({
    code: "PodUnschedulable",
    severity: "error",
    message: `${who}: the scheduler says ${quote(plain(said === "" ? "nothing" : said))}.${couldBe(possible)}`,
    nextStep: nextStep(possible),
    since: condition?.lastTransitionTime ?? null,
    evidence: waiting.slice(0, 3).map((each) =>
      seen(facts.surroundings, {
        kind: "Pod",
        object: each,
        field: "status.conditions[PodScheduled].message",
        value: podCondition(each, "PodScheduled")?.message ?? "",
      }),
    ),
  });
}

function couldBe(possible: readonly NodeFit[] | null): string {
  if (possible === null) return "";
  const names = namesOf(possible, "fits", "dead");
  if (names.length > 0) {
    return ` By labels, taints and size it could run on ${listNames(names)}.`;
  }
  const [closest] = [...possible].sort((a, b) => a.reasons.length - b.reasons.length);
  return closest === undefined
    ? ""
    : ` The closest, ${closest.name}, ${listNames(closest.reasons, 3)}.`;
}

function nextStep(possible: readonly NodeFit[] | null): string {
  const names = possible === null ? [] : namesOf(possible, "fits", "dead");
  return names.length > 0
    ? `Free resources on ${listNames(names)}, or lower what the service asks for.`
    : "Change what the service asks for (node selector, affinity, tolerations, resources), or add a node that has it.";
}
