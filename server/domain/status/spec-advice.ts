import { runtimeOf } from "../claim-selection";
import { record } from "../deployment/flags";
import type { Condition, InferenceService } from "../objects";
import type { ConditionUpdate, Stamp } from "./set-condition";
import { findCondition, removeConditions, setCondition } from "./set-condition";

type Fault = { readonly reason: string; readonly message: string };

/** Engine → its condition, and what in its settings has no effect. */
const ENGINES: Readonly<
  Record<
    string,
    { readonly condition: string; readonly check: (service: InferenceService) => Fault | null }
  >
> = {
  vllm: { condition: "VLLMSpecValid", check: vllmFault },
  sglang: { condition: "SGLangSpecValid", check: sglangFault },
};

/** Said as an event too: whether memory is really moved to the host cannot be told from outside. */
export const CPU_OFFLOAD: Fault = {
  reason: "CPUOffloadUnverified",
  message:
    "spec.vllmConfig.cpuOffloadGB is passed on, but vLLM is known to accept it without moving any weights in some setups; look for what was offloaded in the server's log before relying on it",
};

/** Whether the service asks vLLM to move weights to the host's memory. */
export function offloadsToCpu(service: InferenceService): boolean {
  const { cpuOffloadGB } = record(service.spec["vllmConfig"]);
  return runtimeOf(service) === "vllm" && typeof cpuOffloadGB === "number" && cpuOffloadGB > 0;
}

/** The conditions with what is wrong in the engine's settings; nothing is said of settings that always were in order. */
export function withSpecAdvice(
  conditions: readonly Condition[],
  service: InferenceService,
  stamp: Stamp,
): readonly Condition[] {
  const runtime = runtimeOf(service);
  return Object.entries(ENGINES).reduce((before, [name, { condition, check }]) => {
    if (name !== runtime) return removeConditions(before, [condition]);
    const fault = check(service);
    if (fault !== null) {
      return setCondition(before, { type: condition, status: "False", ...fault }, stamp);
    }
    return findCondition(before, condition) === null
      ? before
      : setCondition(before, valid(condition), stamp);
  }, conditions);
}

function valid(type: string): ConditionUpdate {
  const message = "The engine's settings fit together";
  return { type, status: "True", reason: "ConfigValid", message };
}

function vllmFault(service: InferenceService): Fault | null {
  const { enabled, model = "" } = record(record(service.spec["vllmConfig"])["speculative"]);
  if (enabled === true && model === "") {
    return {
      reason: "SpeculativeMissingModel",
      message:
        "spec.vllmConfig.speculative is enabled without a model, so no draft is loaded; set speculative.model",
    };
  }
  return offloadsToCpu(service) ? CPU_OFFLOAD : null;
}

function sglangFault(service: InferenceService): Fault | null {
  const config = record(record(service.spec["sglangConfig"])["speculative"]);
  const { enabled, algorithm = "", draftModelPath = "" } = config;
  if (enabled !== true || (algorithm !== "" && draftModelPath !== "")) return null;
  return {
    reason: "SpeculativeMissingConfig",
    message:
      "spec.sglangConfig.speculative is enabled without algorithm or draftModelPath, so no draft is loaded; set both",
  };
}
