import type { Check } from "@/server/contract/preflight";
import type { ServiceFacts } from "../facts";
import { seen } from "../findings/finding";
import type { LimitRange, PodSpec } from "../objects";
import { type ContainerAmounts, containerAmounts } from "../policy/container-amounts";
import { claimViolations, podViolations } from "../policy/limit-range";
import { operatorPod } from "../policy/operator-pod";
import { ENFORCE_LABEL, enforcedLevel, podSecurityBreaches } from "../policy/pod-security";
import type { Breach } from "../policy/pod-security-baseline";
import { isVisible } from "../service-state";
import { listNames, quote } from "../wording";
import { checkQuota } from "./check-quota";
import { claimToBeMade } from "./claim-to-be-made";
import { rollsOut } from "./impact";
import { buildCheck } from "./verdict";

/** What the change would make the operator create. */
type Made = {
  readonly before: ServiceFacts;
  readonly after: ServiceFacts;
  readonly spec: PodSpec;
};

/** Whether the namespace's policies would let the operator make the pods, and the claim if it makes one: quota, limit ranges, Pod Security, in this order. */
export function policyChecks(before: ServiceFacts, after: ServiceFacts): Check[] {
  const pod = operatorPod(after);
  if (pod.kind === "none" || !rollsOut(before, after)) {
    return passAll("This change makes no new pod.");
  }
  if (pod.kind === "unknown") return unknownAll(pod.why);
  const spec = pod.template.spec;
  if (spec === undefined) return unknownAll("the operator's pod is not known");
  const made = { before, after, spec };
  return [checkQuota(made), checkLimitRange(made), checkPodSecurity(made)];
}

const POLICY_CODES = ["Quota", "LimitRange", "PodSecurity"] as const;

function passAll(why: string): Check[] {
  return POLICY_CODES.map((code) => buildCheck(code, ["pass", why]));
}

function unknownAll(why: string): Check[] {
  return POLICY_CODES.map((code) => buildCheck(code, ["unknown", `Could not check: ${why}.`]));
}

function checkLimitRange({ after, spec }: Made): Check {
  const { surroundings, policy } = after;
  if (!isVisible(surroundings, "limitranges")) {
    return buildCheck("LimitRange", [
      "unknown",
      "Could not check: limit ranges may not be listed here.",
    ]);
  }
  const containers: readonly ContainerAmounts[] = containerAmounts(spec, policy.limitRanges);
  const claim = claimToBeMade(after);
  const found = [
    ...podViolations(containers, policy.limitRanges),
    ...(claim === null ? [] : claimViolations(claim.sizeBytes, policy.limitRanges)),
  ];
  const evidence = (range: LimitRange, value: string) =>
    seen(surroundings, { kind: "LimitRange", object: range, field: "spec.limits", value });
  if (found.length > 0) {
    const why = found.slice(0, 3).map((violation) => violation.why);
    const names = [...new Set(found.map(({ range }) => quote(range.metadata.name)))];
    const message = `Limit range ${names.join(", ")} refuses the pods or their claim: ${why.join("; ")}.`;
    return buildCheck(
      "LimitRange",
      ["block", message],
      found.slice(0, 3).map((violation) => evidence(violation.range, violation.why)),
    );
  }
  const message =
    policy.limitRanges.length === 0
      ? "The namespace has no limit range."
      : "The pods are within the namespace's limit ranges.";
  return buildCheck("LimitRange", ["pass", message]);
}

function checkPodSecurity({ after, spec }: Made): Check {
  const { namespace } = after.policy;
  if (namespace === null) {
    const why = isVisible(after.surroundings, "namespaces")
      ? "the namespace was not seen yet"
      : "namespaces may not be listed here";
    return buildCheck("PodSecurity", ["unknown", `Could not check: ${why}.`]);
  }
  const level = enforcedLevel(namespace.metadata.labels);
  const evidence = [
    seen(after.surroundings, {
      kind: "Namespace",
      object: namespace,
      field: `metadata.labels[${ENFORCE_LABEL}]`,
      value: namespace.metadata.labels?.[ENFORCE_LABEL] ?? "not set",
    }),
  ];
  const breaches = podSecurityBreaches(level, spec);
  if (breaches.length === 0) {
    const message =
      level === "privileged"
        ? "The namespace enforces no Pod Security level."
        : `The pods meet the Pod Security level ${level}.`;
    return buildCheck("PodSecurity", ["pass", message], evidence);
  }
  const why = breaches.slice(0, 4).map(describeBreach).join("; ");
  const advice =
    level === "restricted" && (spec.initContainers ?? []).some(({ name }) => name === PREP)
      ? ` The container ${PREP} has to run as root: use the level baseline here, or weights that are staged beforehand (pvc://).`
      : "";
  const message = `The namespace enforces the Pod Security level ${level}, which refuses the pods: ${why}.${advice}`;
  return buildCheck("PodSecurity", ["block", message], evidence);
}

const PREP = "model-cache-prep";

function describeBreach({ why, containers }: Breach): string {
  return `${containers.length === 0 ? "the pod" : listNames(containers, 3)} ${why}`;
}
