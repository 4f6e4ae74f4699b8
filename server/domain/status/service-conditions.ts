import type { Condition } from "../objects";
import type { Phase } from "./phase";
import type { ConditionUpdate, Stamp } from "./set-condition";
import { findCondition, removeConditions, setCondition } from "./set-condition";

export type ConditionsInput = {
  readonly phase: Phase;
  readonly suspended: boolean;
  readonly ready: number;
  readonly desired: number;
  /** Why the service is Failed or Pending; not read for other phases. */
  readonly message: string;
  readonly waitingFor: string | null;
  readonly queuePosition: number;
  /** Take back what the observed pods or a later phase contradict; LLMKube leaves it until the service is ready. */
  readonly observedState: boolean;
};

const OVER = ["Progressing", "Degraded", "GPUAvailable"];

type Rule = {
  readonly removes: readonly string[];
  /** Removed as well where the status may not contradict what is observed. */
  readonly contradicts?: readonly string[];
  readonly sets: (input: ConditionsInput) => readonly ConditionUpdate[];
};

const creating: Rule = {
  removes: [],
  contradicts: ["Degraded", "GPUAvailable"],
  sets: ({ ready, desired }) => [
    progressing("Creating", `Creating inference service (${ready}/${desired} replicas ready)`),
  ],
};

/** A phase that is not final clears nothing: what was wrong stays on record until the service is ready. */
const RULES: Readonly<Record<Phase, Rule>> = {
  Ready: {
    removes: OVER,
    sets: () => [available("True", "InferenceReady", "The service is ready and answers requests")],
  },
  Stopped: {
    removes: OVER,
    sets: () => [
      available("False", "ManuallyScaledToZero", "spec.replicas is 0: no pod is wanted"),
    ],
  },
  Suspended: {
    removes: OVER,
    sets: () => [
      available("False", "Suspended", "spec.suspend is true: no pod runs, spec.replicas is kept"),
    ],
  },
  Creating: creating,
  Progressing: creating,
  WaitingForGPU: {
    removes: [],
    contradicts: ["Degraded"],
    sets: ({ queuePosition, waitingFor }) => [
      progressing("WaitingForGPU", `Waits for a GPU at position ${queuePosition} of the queue`),
      {
        type: "GPUAvailable",
        status: "False",
        reason: "InsufficientGPU",
        message: `GPU resources are missing: ${waitingFor ?? ""}`,
      },
    ],
  },
  Pending: {
    removes: [],
    contradicts: ["Degraded", "GPUAvailable"],
    sets: ({ message }) => [progressing("Pending", message)],
  },
  Failed: {
    removes: ["Available"],
    contradicts: ["Progressing", "GPUAvailable"],
    sets: ({ message }) => [{ type: "Degraded", status: "True", reason: "Failed", message }],
  },
};

/** The service's own conditions after this pass; those of other types are left as they are. */
export function planServiceConditions(
  previous: readonly Condition[],
  input: ConditionsInput,
  stamp: Stamp,
): readonly Condition[] {
  const rule = RULES[input.phase];
  const { removes, contradicts = [] } = rule;
  let conditions = removeConditions(
    previous,
    input.observedState ? [...removes, ...contradicts] : removes,
  );
  const updates = [...rule.sets(input), suspension(input.suspended)];
  for (const update of updates) conditions = setCondition(conditions, update, stamp);
  return input.observedState && !isFinal(input.phase)
    ? withObservedAvailable(conditions, input, stamp)
    : withoutStaleAvailable(conditions, input, stamp);
}

/** These say of `Available` what they mean, for which tools wait. */
function isFinal(phase: Phase): boolean {
  return ["Ready", "Stopped", "Suspended", "Failed"].includes(phase);
}

/** A service that is still coming up is available once one of its pods serves, and not before. */
function withObservedAvailable(
  conditions: readonly Condition[],
  input: ConditionsInput,
  stamp: Stamp,
): readonly Condition[] {
  const { ready, desired } = input;
  if (ready > 0) {
    const message = `${ready}/${desired} replicas ready: the service answers requests`;
    return setCondition(conditions, available("True", "InferenceReady", message), stamp);
  }
  return findCondition(conditions, "Available") === null
    ? conditions
    : setCondition(conditions, noneReady(input), stamp);
}

/** `Available=True` may not outlive the last ready pod. */
function withoutStaleAvailable(
  conditions: readonly Condition[],
  input: ConditionsInput,
  stamp: Stamp,
): readonly Condition[] {
  const stale = input.phase !== "Ready" && input.ready === 0;
  if (!stale || findCondition(conditions, "Available")?.status !== "True") return conditions;
  return setCondition(conditions, noneReady(input), stamp);
}

function noneReady({ phase, desired }: ConditionsInput): ConditionUpdate {
  const message = `0/${desired} replicas ready: the service answers no requests (phase ${phase})`;
  return available("False", "NoReadyReplicas", message);
}

function suspension(suspended: boolean): ConditionUpdate {
  return suspended
    ? {
        type: "Suspended",
        status: "True",
        reason: "Suspended",
        message: "spec.suspend is true: scaled to zero, spec.replicas is kept",
      }
    : {
        type: "Suspended",
        status: "False",
        reason: "NotSuspended",
        message: "The service is not suspended",
      };
}

function available(status: "True" | "False", reason: string, message: string): ConditionUpdate {
  return { type: "Available", status, reason, message };
}

function progressing(reason: string, message: string): ConditionUpdate {
  return { type: "Progressing", status: "True", reason, message };
}
