import { asArray, asRecord, isRecord, valueAt } from "../json";
import type { KubeObject } from "../objects";

/** What a limit range for containers gets where it leaves out defaults: from its max and min. */
export function setLimitRangeDefaults(range: KubeObject): void {
  for (const item of asArray(valueAt(range, "spec.limits")).filter(isRecord)) {
    if (item["type"] !== "Container") continue;
    const limits = { ...asRecord(item["max"]), ...asRecord(item["default"]) };
    const requests = { ...asRecord(item["min"]), ...limits, ...asRecord(item["defaultRequest"]) };
    if (Object.keys(limits).length > 0) item["default"] = limits;
    if (Object.keys(requests).length > 0) item["defaultRequest"] = requests;
  }
}
