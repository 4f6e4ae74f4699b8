import type { ServiceFacts } from "../facts";
import { desiredReplicas } from "../service-state";

/** Pods the service may come to want at once: declared, wanted now, or what its autoscaler may ask for. Counts a suspended service as if it ran. */
export function mostReplicas(facts: ServiceFacts): number {
  const { replicas = 1, autoscaling } = facts.service.spec;
  return Math.max(desiredReplicas(facts), replicas, autoscaling?.maxReplicas ?? 0);
}
