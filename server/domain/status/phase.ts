import type { SchedulingInfo } from "./pod-scheduling";

export type Phase =
  | "Pending"
  | "Creating"
  | "Progressing"
  | "Ready"
  | "WaitingForGPU"
  | "Stopped"
  | "Suspended"
  | "Failed";

export type PhaseInput = {
  readonly suspended: boolean;
  readonly ready: number;
  readonly desired: number;
  /** What the agent on a Metal host is waited for; null where pods serve. */
  readonly metal: SchedulingInfo | null;
  /** What keeps a pod from being scheduled; null when nothing does. */
  readonly scheduling: SchedulingInfo | null;
};

export type PhaseDecision = {
  readonly phase: Phase;
  /** What is to be said about scheduling; most causes are not. */
  readonly info: SchedulingInfo | null;
};

/** The phase of a service whose Model and claim are in order; the first rule that applies decides. */
export function decidePhase(input: PhaseInput): PhaseDecision {
  const { suspended, ready, desired, scheduling } = input;
  if (suspended) return { phase: "Suspended", info: null };
  if (ready > 0) return { phase: ready === desired ? "Ready" : "Progressing", info: null };
  if (desired === 0) return { phase: "Stopped", info: null };
  if (input.metal !== null) return { phase: "Creating", info: input.metal };
  if (scheduling?.status === "InsufficientGPU") return { phase: "WaitingForGPU", info: scheduling };
  const told = scheduling?.status === "UnbindableModelCache";
  return { phase: "Creating", info: told ? scheduling : null };
}
