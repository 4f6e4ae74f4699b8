import type { PodSpec } from "../objects";
import { type Breach, baselineBreaches } from "./pod-security-baseline";
import { restrictedBreaches } from "./pod-security-restricted";

export const ENFORCE_LABEL = "pod-security.kubernetes.io/enforce";

/** What a namespace's label asks of its pods; what is no level is `restricted`, as the API server takes it. */
export function enforcedLevel(
  labels: Readonly<Record<string, string>> | undefined,
): "privileged" | "baseline" | "restricted" {
  const label = labels?.[ENFORCE_LABEL];
  if (label === undefined || label === "privileged") return "privileged";
  return label === "baseline" ? "baseline" : "restricted";
}

/** What the level would refuse the pod for, by the newest version of the levels; empty when nothing. Linux pods only, as the operator's are. */
export function podSecurityBreaches(
  level: ReturnType<typeof enforcedLevel>,
  spec: PodSpec,
): Breach[] {
  if (level === "privileged") return [];
  const baseline = baselineBreaches(spec);
  return level === "baseline" ? baseline : [...baseline, ...restrictedBreaches(spec)];
}
