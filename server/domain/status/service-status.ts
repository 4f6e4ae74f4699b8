import { canonicalJson } from "../canonical-json";
import type { Improvements } from "../improvements";
import type { Condition, InferenceService, InferenceServiceStatus } from "../objects";
import { serviceEndpoint } from "../service-object";
import type { PhaseDecision } from "./phase";
import { planServiceConditions } from "./service-conditions";
import { CACHE_CONDITION } from "./model-cache-ready";
import { ROLLOUT_CONDITION } from "./rollout-deferral";
import type { ConditionUpdate, Stamp } from "./set-condition";
import { findCondition, removeConditions, setCondition } from "./set-condition";
import { withSpecAdvice } from "./spec-advice";
import type { TransferFailure } from "./transfer";
import { TRANSFER_CONDITION } from "./transfer";

export type StatusInput = {
  readonly service: InferenceService;
  readonly decision: PhaseDecision;
  /** Why the service is Failed or Pending. */
  readonly message: string;
  readonly ready: number;
  readonly desired: number;
  readonly modelReady: boolean;
  readonly endpoint: boolean;
  readonly queuePosition: number;
  readonly transfer: TransferFailure | null;
  /** Whether some pod passed its init containers. */
  readonly staged: boolean;
  readonly now: string;
  /** `ModelCacheReady`; null: the service uses no cache claim and names none. Not said by LLMKube. */
  readonly cache: ConditionUpdate | null;
  /** `RolloutDeferred`; null: no rollout is held back; `unknown`: the pass did not get that far. */
  readonly rollout: ConditionUpdate | "unknown" | null;
  /** Whether the pass got as far as the workload, where the engine's settings are looked at. */
  readonly advised: boolean;
  /** `DriverCompatible`; null: nothing new is known. */
  readonly driver: ConditionUpdate | null;
  readonly improvements: Improvements;
};

const PRIORITIES: Readonly<Record<string, number>> = {
  critical: 1_000_000,
  high: 100_000,
  normal: 10_000,
  low: 1_000,
  batch: 100,
};

/** Scheduling states that this operator writes; others are the Metal agent's and are not ours to clear. */
const OWN_SCHEDULING: ReadonlySet<string> = new Set([
  "InsufficientGPU",
  "UnbindableModelCache",
  "WaitingForMetalAgent",
  "AgentHeartbeatStale",
]);

/**
 * The service's status after this pass; the one it has when nothing but the time would change. Fields of others are kept, what is zero
 * is left out.
 */
export function planServiceStatus(input: StatusInput): InferenceServiceStatus {
  const { service, decision } = input;
  const previous = service.status ?? {};
  const next = compact({
    ...scheduling(previous, input),
    phase: decision.phase,
    mode: service.spec.mode ?? "chat",
    readyReplicas: input.ready,
    desiredReplicas: input.desired,
    replicas: input.desired,
    endpoint: input.endpoint ? serviceEndpoint(service) : "",
    modelReady: input.modelReady,
    effectivePriority: PRIORITIES[service.spec.priority ?? "normal"] ?? 10_000,
    conditions: conditions(previous.conditions ?? [], input),
  });
  return isSameStatus(previous, next) ? previous : { ...next, lastUpdated: input.now };
}

/** Whether two states say the same, the time of writing left aside. */
export function isSameStatus(a: InferenceServiceStatus, b: InferenceServiceStatus): boolean {
  return comparable(a) === comparable(b);
}

function conditions(previous: readonly Condition[], input: StatusInput): readonly Condition[] {
  const { service, decision } = input;
  const stamp = { generation: service.metadata.generation ?? 0, now: input.now };
  const own = planServiceConditions(
    previous,
    {
      phase: decision.phase,
      suspended: service.spec.suspend === true,
      ready: input.ready,
      desired: input.desired,
      message: input.message,
      waitingFor: decision.info?.waitingFor ?? null,
      queuePosition: input.queuePosition,
      observedState: input.improvements.has("ObservedState"),
    },
    stamp,
  );
  const advised = input.advised ? withSpecAdvice(own, service, stamp) : own;
  const driven = input.driver === null ? advised : setCondition(advised, input.driver, stamp);
  return withTransfer(withCache(withRollout(driven, input, stamp), input, stamp), input, stamp);
}

function withRollout(
  conditions: readonly Condition[],
  { rollout }: StatusInput,
  stamp: Stamp,
): readonly Condition[] {
  if (rollout === "unknown") return conditions;
  return rollout === null
    ? removeConditions(conditions, [ROLLOUT_CONDITION])
    : setCondition(conditions, rollout, stamp);
}

function withCache(
  conditions: readonly Condition[],
  { cache, improvements }: StatusInput,
  stamp: Stamp,
): readonly Condition[] {
  if (!improvements.has("ModelCacheReady")) return conditions;
  return cache === null
    ? removeConditions(conditions, [CACHE_CONDITION])
    : setCondition(conditions, cache, stamp);
}

function withTransfer(
  own: readonly Condition[],
  input: StatusInput,
  stamp: Stamp,
): readonly Condition[] {
  if (input.transfer !== null) {
    return setCondition(
      own,
      { type: TRANSFER_CONDITION, status: "False", ...input.transfer },
      stamp,
    );
  }
  const failed = findCondition(own, TRANSFER_CONDITION)?.status === "False";
  if (!failed || !input.staged) return own;
  const message = "The model's weights are in place";
  const reason = "ModelTransferSucceeded";
  return setCondition(own, { type: TRANSFER_CONDITION, status: "True", reason, message }, stamp);
}

function scheduling(
  previous: InferenceServiceStatus,
  { decision, queuePosition, improvements }: StatusInput,
): InferenceServiceStatus {
  const { info } = decision;
  if (info !== null) {
    return {
      ...previous,
      schedulingStatus: info.status,
      schedulingMessage: info.message,
      waitingFor: info.waitingFor ?? "",
      queuePosition: decision.phase === "WaitingForGPU" ? queuePosition : 0,
    };
  }
  const ours = OWN_SCHEDULING.has(previous.schedulingStatus ?? "");
  if (!improvements.has("ObservedState") || !ours) return { ...previous, queuePosition: 0 };
  return {
    ...previous,
    schedulingStatus: "",
    schedulingMessage: "",
    waitingFor: "",
    queuePosition: 0,
  };
}

/** As the API server has it: zero, "", false and empty lists are absent. */
function compact(status: InferenceServiceStatus): InferenceServiceStatus {
  const kept = Object.entries(status).filter(
    ([, value]) => value !== "" && value !== 0 && value !== false,
  );
  return Object.fromEntries(kept);
}

function comparable(status: InferenceServiceStatus): string {
  return canonicalJson({ ...compact(status), lastUpdated: undefined });
}
