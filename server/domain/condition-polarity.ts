import type { ConditionView } from "@/server/contract/service-view";
import type { Condition } from "./objects";
import { plain } from "./wording";

type Tone = ConditionView["tone"];

/** Types where True is the good news. */
const GOOD_WHEN_TRUE = new Set([
  "Available",
  "Ready",
  "ModelTransferHealthy",
  "ModelCacheReady",
  "GPUAvailable",
  "DriverCompatible",
  "VLLMSpecValid",
  "SGLangSpecValid",
  "GatewayReady",
  "SLOReady",
  "SLODataSourceAvailable",
]);
/** Types where True is the bad news. */
const BAD_WHEN_TRUE = new Set(["Degraded", "MemoryPressure", "SourceDrifted"]);
/** Reasons that say "as asked", whatever the type. */
const WANTED = new Set(["Suspended", "ManuallyScaledToZero", "Superseded"]);

/** Whether a condition is good news, by what its type means; `neutral` for types that are neither (Progressing, Suspended) or unknown to us. */
export function toneOf(condition: Pick<Condition, "type" | "status" | "reason">): Tone {
  const { type, status, reason } = condition;
  if (WANTED.has(reason) || (status !== "True" && status !== "False")) return "neutral";
  if (GOOD_WHEN_TRUE.has(type)) return status === "True" ? "good" : "bad";
  if (BAD_WHEN_TRUE.has(type)) return status === "True" ? "bad" : "good";
  return "neutral";
}

/** The condition as it is shown; its texts come from the cluster and are made harmless. */
export function toConditionView(condition: Condition): ConditionView {
  return {
    type: plain(condition.type, 100),
    status: plain(condition.status, 20),
    reason: plain(condition.reason, 100),
    message: plain(condition.message, 1000),
    lastTransitionTime: condition.lastTransitionTime,
    tone: toneOf(condition),
  };
}
