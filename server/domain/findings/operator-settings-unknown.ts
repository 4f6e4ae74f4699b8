import type { Finding } from "@/server/contract/finding";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { planOf, settingsFor } from "../service-state";
import { quote } from "../wording";
import { buildFinding, declaredEvidence } from "./finding";

/** The operator's settings decide where this service's weights go, and they could not be read. */
export function operatorSettingsUnknown(facts: ServiceFacts): Finding | null {
  const message = uncertainty(facts);
  if (message === null) return null;
  return buildFinding({
    code: "OperatorSettingsUnknown",
    severity: "unknown",
    message,
    nextStep:
      "Let Mooring read the LLMKube operator's Deployment, or tell it the operator's flags in MOORING_OPERATOR_FLAGS.",
    evidence: [declaredEvidence(facts.surroundings, facts.service)],
  });
}

function uncertainty(facts: ServiceFacts): string | null {
  if (facts.model === null) return null;
  const { kind } = planOf(facts);
  if (kind === "Unknown") {
    return "It cannot be told whether and where LLMKube keeps this service's weights: its settings could not be read.";
  }
  const claim = declaredClaim(facts.service);
  if (claim === null || kind !== "UserOwned" || !mayBeOff(facts)) return null;
  return `It cannot be told whether claim ${quote(claim)} will be used: LLMKube's settings could not be read, and they may switch caching off.`;
}

/** Whether nothing tells that the operator caches at all. */
export function mayBeOff(facts: ServiceFacts): boolean {
  return settingsFor(facts).unknown.includes("cachePath");
}
