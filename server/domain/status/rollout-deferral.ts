import type { Condition, InferenceService } from "../objects";
import type { ConditionUpdate } from "./set-condition";

export const ROLLOUT_CONDITION = "RolloutDeferred";

/** What the replicas said when they were asked whether they work on a request. */
export type IdleVerdict =
  | { readonly kind: "idle" }
  | { readonly kind: "busy" }
  /** The answer could not be had or understood: nobody may be cut off for that. */
  | { readonly kind: "failed"; readonly message: string }
  /** The runtime has no way to tell. */
  | { readonly kind: "unsupported" };

export type RolloutPlan =
  | { readonly kind: "proceed"; readonly condition: ConditionUpdate | null }
  | {
      readonly kind: "defer";
      readonly condition: ConditionUpdate;
      readonly requeueAfterMs: number;
    };

const CHECK_EVERY_MS = 5_000;
const DEFAULT_TIMEOUT_SECONDS = 300;

/** Whether the service wants its pods left alone while they work on requests. */
export function waitsForIdle({ spec }: InferenceService): boolean {
  return spec.rolloutPolicy?.waitForIdle === true && spec.rolloutPolicy.force !== true;
}

/** Whether a changed template is rolled out now or held back; held back at most for the policy's timeout, counted from when it began. */
export function planRollout(input: {
  readonly service: InferenceService;
  readonly idle: IdleVerdict;
  readonly pods: { readonly total: number; readonly ready: number };
  readonly previous: Condition | null;
  readonly now: Date;
}): RolloutPlan {
  const { service, idle, previous, now } = input;
  if (idle.kind === "idle") return { kind: "proceed", condition: null };
  const configured = service.spec.rolloutPolicy?.idleTimeoutSeconds ?? 0;
  const timeoutMs = (configured > 0 ? configured : DEFAULT_TIMEOUT_SECONDS) * 1000;
  const deferring = previous?.status === "True";
  const waitedMs = deferring ? now.getTime() - Date.parse(previous.lastTransitionTime) : 0;
  if (waitedMs > timeoutMs) {
    const message = `The replicas were not idle for ${timeoutMs / 1000} s: rolled out all the same`;
    return { kind: "proceed", condition: condition("False", "IdleTimeoutExceeded", message) };
  }
  const leftMs = Math.max(timeoutMs - waitedMs, 0) + 1;
  return {
    kind: "defer",
    condition: condition("True", ...reasonOf(idle, input.pods)),
    requeueAfterMs: Math.min(CHECK_EVERY_MS, leftMs),
  };
}

function reasonOf(
  idle: Exclude<IdleVerdict, { kind: "idle" }>,
  { total, ready }: { readonly total: number; readonly ready: number },
): readonly [string, string] {
  switch (idle.kind) {
    case "unsupported":
      return ["IdleCheckUnsupported", "This runtime cannot tell whether it is idle"];
    case "failed":
      return [
        "IdleCheckFailed",
        `Whether the replicas are idle could not be read: ${idle.message}`,
      ];
    case "busy":
      return total > ready
        ? ["PodsCrashLooping", `${total - ready} of ${total} pods are not ready, others may serve`]
        : ["PodsBusy", "Requests are being worked on; the new template waits for them"];
  }
}

function condition(status: "True" | "False", reason: string, message: string): ConditionUpdate {
  return { type: ROLLOUT_CONDITION, status, reason, message };
}
