import type { Finding } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import { planOf } from "../service-state";
import { buildFinding, seen } from "./finding";

/** Weights go to scratch space of the node without a limit, so a large model can fill the node's disk. */
export function unboundedEphemeralCache(facts: ServiceFacts): Finding | null {
  const { service, surroundings } = facts;
  const budget = service.spec.resources?.ephemeralStorage ?? "";
  if (planOf(facts).kind !== "Ephemeral" || budget !== "") return null;
  return buildFinding({
    code: "UnboundedEphemeralCache",
    severity: "warning",
    message:
      "The model is downloaded to scratch space without a limit, again at every restart; it can fill the node's disk and have pods evicted.",
    nextStep:
      "Set spec.resources.ephemeralStorage to a little more than the model's size, or attach a claim.",
    evidence: [
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: "spec.modelCache.persistence",
        value: "Ephemeral",
      }),
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: "spec.resources.ephemeralStorage",
        value: "not set",
      }),
    ],
    actions: [{ type: "AttachClaim", label: "Attach a claim" }],
  });
}
