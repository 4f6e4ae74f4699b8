import { describe, expect, it } from "vitest";

import type { PhaseInput } from "./phase";
import { decidePhase } from "./phase";

const gpu = { status: "InsufficientGPU", message: "m", waitingFor: "nvidia.com/gpu: 1" };
const volume = { status: "UnbindableModelCache", message: "m", waitingFor: null };
const agent = { status: "WaitingForMetalAgent", message: "m", waitingFor: null };
const other = { status: "Unschedulable", message: "m", waitingFor: null };
const input = (patch: Partial<PhaseInput>): PhaseInput => ({
  suspended: false,
  ready: 0,
  desired: 1,
  metal: null,
  scheduling: null,
  ...patch,
});

describe("decidePhase", () => {
  it.each<[string, Partial<PhaseInput>, string, string | null]>([
    ["suspended wins over ready pods", { suspended: true, ready: 1 }, "Suspended", null],
    ["all ready", { ready: 2, desired: 2 }, "Ready", null],
    ["some ready", { ready: 1, desired: 2 }, "Progressing", null],
    ["more ready than wanted", { ready: 2, desired: 1 }, "Progressing", null],
    ["none wanted", { desired: 0 }, "Stopped", null],
    ["no GPU", { scheduling: gpu }, "WaitingForGPU", "InsufficientGPU"],
    ["no GPU but one pod ready", { ready: 1, desired: 2, scheduling: gpu }, "Progressing", null],
    ["volume without a node", { scheduling: volume }, "Creating", "UnbindableModelCache"],
    ["other causes are not told", { scheduling: other }, "Creating", null],
    ["Metal", { metal: agent }, "Creating", "WaitingForMetalAgent"],
    ["Metal that serves", { metal: agent, ready: 1 }, "Ready", null],
    ["nothing known yet", {}, "Creating", null],
  ])("%s", (_title, patch, phase, status) => {
    const decision = decidePhase(input(patch));
    expect([decision.phase, decision.info?.status ?? null]).toEqual([phase, status]);
  });
});
