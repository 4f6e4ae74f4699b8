import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "../improvements";
import type { Condition, InferenceService, InferenceServiceStatus } from "../objects";
import type { Phase } from "./phase";
import type { StatusInput } from "./service-status";
import { planServiceStatus } from "./service-status";

const NOW = "2026-03-01T12:00:00Z";
const EARLIER = "2026-03-01T11:00:00Z";

function condition(type: string, status: "True" | "False", reason: string): Condition {
  return { type, status, reason, message: "m", observedGeneration: 1, lastTransitionTime: EARLIER };
}

function serviceWith(
  status: InferenceServiceStatus | undefined,
  spec: Partial<InferenceService["spec"]> = {},
): InferenceService {
  const { metadata } = anInferenceService({ metadata: { generation: 2 } });
  const service = { metadata, spec: { modelRef: "m", ...spec } };
  return status === undefined ? service : { ...service, status };
}

const plan = (phase: Phase, patch: Partial<StatusInput> = {}) =>
  planServiceStatus({
    service: serviceWith(undefined),
    decision: { phase, info: null },
    message: "because",
    ready: 0,
    desired: 1,
    endpoint: true,
    queuePosition: 1,
    transfer: null,
    staged: false,
    now: NOW,
    modelReady: true,
    cache: null,
    rollout: null,
    advised: true,
    driver: null,
    improvements: NO_IMPROVEMENTS,
    ...patch,
  });

const said = (status: InferenceServiceStatus) =>
  Object.fromEntries(
    (status.conditions ?? []).map(({ type, status: value, reason }) => [
      type,
      `${value} ${reason}`,
    ]),
  );

describe("planServiceStatus", () => {
  it("leaves out what is zero", () => {
    expect(plan("Creating")).toMatchObject({
      phase: "Creating",
      mode: "chat",
      desiredReplicas: 1,
      replicas: 1,
      endpoint: "http://llama.ml.svc.cluster.local:8080/v1/chat/completions",
      modelReady: true,
      effectivePriority: 10_000,
      lastUpdated: NOW,
    });
    expect(plan("Creating")).not.toHaveProperty("readyReplicas");
    expect(plan("Creating")).not.toHaveProperty("schedulingStatus");
  });

  it("says nothing of pods while there is no Model", () => {
    const status = plan("Pending", { desired: 0, modelReady: false, endpoint: false });
    expect(Object.keys(status).sort()).toEqual([
      "conditions",
      "effectivePriority",
      "lastUpdated",
      "mode",
      "phase",
    ]);
  });

  it("is the very status there was when only the time would change", () => {
    const first = plan("Ready", { ready: 1 });
    const service = serviceWith(first);
    expect(plan("Ready", { ready: 1, service, now: "2026-03-01T13:00:00Z" })).toBe(first);
  });

  it.each<[Phase, Partial<StatusInput>, Record<string, string>]>([
    ["Ready", { ready: 1 }, { Available: "True InferenceReady" }],
    ["Stopped", { desired: 0 }, { Available: "False ManuallyScaledToZero" }],
    ["Creating", {}, { Progressing: "True Creating" }],
    ["Progressing", { ready: 1 }, { Progressing: "True Creating" }],
    ["Pending", {}, { Progressing: "True Pending" }],
    ["Failed", {}, { Degraded: "True Failed" }],
    [
      "WaitingForGPU",
      {},
      { Progressing: "True WaitingForGPU", GPUAvailable: "False InsufficientGPU" },
    ],
  ])("%s says so", (phase, patch, expected) => {
    expect(said(plan(phase, patch))).toEqual({ ...expected, Suspended: "False NotSuspended" });
  });

  it("Suspended says so twice", () => {
    const service = serviceWith(undefined, { suspend: true });
    expect(said(plan("Suspended", { service, desired: 0 }))).toEqual({
      Available: "False Suspended",
      Suspended: "True Suspended",
    });
  });

  const troubled = [
    condition("Degraded", "True", "Failed"),
    condition("Progressing", "True", "Creating"),
    condition("GPUAvailable", "False", "InsufficientGPU"),
    condition("Available", "True", "InferenceReady"),
    condition("GatewayReady", "True", "Fine"),
  ];

  it.each<[Phase, number, readonly string[]]>([
    ["Ready", 1, ["Available", "GatewayReady", "Suspended"]],
    ["Stopped", 0, ["Available", "GatewayReady", "Suspended"]],
    ["Suspended", 0, ["Available", "GatewayReady", "Suspended"]],
    ["Failed", 0, ["Degraded", "Progressing", "GPUAvailable", "GatewayReady", "Suspended"]],
    [
      "Creating",
      0,
      ["Degraded", "Progressing", "GPUAvailable", "Available", "GatewayReady", "Suspended"],
    ],
    [
      "Pending",
      0,
      ["Degraded", "Progressing", "GPUAvailable", "Available", "GatewayReady", "Suspended"],
    ],
  ])("%s keeps and clears what the contract says", (phase, ready, kept) => {
    const service = serviceWith({ conditions: troubled });
    expect(Object.keys(said(plan(phase, { service, ready })))).toEqual(kept);
  });

  it("takes Available back when no pod is ready any more", () => {
    const service = serviceWith({ conditions: [condition("Available", "True", "InferenceReady")] });
    expect(said(plan("Creating", { service }))["Available"]).toBe("False NoReadyReplicas");
    expect(said(plan("Progressing", { service, ready: 1 }))["Available"]).toBe(
      "True InferenceReady",
    );
  });

  it("lets Available of a suspension stand while the service comes back", () => {
    const service = serviceWith({ conditions: [condition("Available", "False", "Suspended")] });
    expect(said(plan("Creating", { service }))["Available"]).toBe("False Suspended");
  });

  it("moves the transition time with the status only", () => {
    const service = serviceWith({ conditions: [condition("Progressing", "True", "Pending")] });
    expect(plan("Creating", { service }).conditions?.[0]).toMatchObject({
      reason: "Creating",
      observedGeneration: 2,
      lastTransitionTime: EARLIER,
    });
  });

  describe("where the status may not contradict what is observed", () => {
    const better = (phase: Phase, patch: Partial<StatusInput> = {}) =>
      said(plan(phase, { improvements: ALL_IMPROVEMENTS, ...patch }));

    it.each<[Phase, number, readonly string[]]>([
      ["Creating", 0, ["Progressing", "Available", "GatewayReady", "Suspended"]],
      ["Pending", 0, ["Progressing", "Available", "GatewayReady", "Suspended"]],
      ["Failed", 0, ["Degraded", "GatewayReady", "Suspended"]],
      ["Progressing", 1, ["Progressing", "Available", "GatewayReady", "Suspended"]],
    ])("%s with %i ready leaves nothing of an earlier phase", (phase, ready, kept) => {
      const service = serviceWith({ conditions: troubled });
      expect(Object.keys(better(phase, { service, ready })).sort()).toEqual([...kept].sort());
    });

    it("is available as soon as one pod serves", () => {
      const service = serviceWith({
        conditions: [condition("Available", "False", "NoReadyReplicas")],
      });
      expect(better("Progressing", { service, ready: 1 })["Available"]).toBe("True InferenceReady");
    });

    it("counts the pods that serve while the service is Failed, with Available as LLMKube has it", () => {
      const status = plan("Failed", { ready: 1, improvements: ALL_IMPROVEMENTS });
      expect(status.readyReplicas).toBe(1);
      expect(said(status)).not.toHaveProperty("Available");
    });

    it("does not say Suspended of a service that comes back", () => {
      const service = serviceWith({ conditions: [condition("Available", "False", "Suspended")] });
      expect(better("Creating", { service })["Available"]).toBe("False NoReadyReplicas");
    });
  });

  it.each([
    ["is held back", { type: "RolloutDeferred", status: "True", reason: "PodsBusy", message: "m" }],
    ["goes on", null],
  ] as const)("tells when a rollout %s", (_title, rollout) => {
    const service = serviceWith({ conditions: [condition("RolloutDeferred", "True", "PodsBusy")] });
    const expected = rollout === null ? undefined : "True PodsBusy";
    expect(said(plan("Ready", { service, ready: 1, rollout }))["RolloutDeferred"]).toBe(expected);
    expect(said(plan("Failed", { service, rollout: "unknown" }))["RolloutDeferred"]).toBe(
      "True PodsBusy",
    );
  });

  it("says ModelCacheReady unless strict", () => {
    const cache = {
      type: "ModelCacheReady",
      status: "True",
      reason: "InUse",
      message: "m",
    } as const;
    const ready = { ready: 1, cache };
    expect(said(plan("Ready", ready))).not.toHaveProperty("ModelCacheReady");
    expect(said(plan("Ready", { ...ready, improvements: ALL_IMPROVEMENTS }))).toMatchObject({
      ModelCacheReady: "True InUse",
    });
  });

  describe("scheduling", () => {
    const info = { status: "InsufficientGPU", message: "0/3", waitingFor: "nvidia.com/gpu: 1" };
    const waiting = plan("WaitingForGPU", { decision: { phase: "WaitingForGPU", info } });

    it("is told with the place in the queue", () => {
      expect(waiting).toMatchObject({
        schedulingStatus: "InsufficientGPU",
        schedulingMessage: "0/3",
        waitingFor: "nvidia.com/gpu: 1",
        queuePosition: 1,
      });
    });

    it("is cleared when it is over, unless strict", () => {
      const service = serviceWith(waiting);
      expect(
        plan("Ready", { service, ready: 1, improvements: ALL_IMPROVEMENTS }),
      ).not.toHaveProperty("schedulingStatus");
      expect(plan("Ready", { service, ready: 1, improvements: NO_IMPROVEMENTS })).toHaveProperty(
        "schedulingStatus",
        "InsufficientGPU",
      );
    });

    it("leaves what the Metal agent wrote", () => {
      const service = serviceWith({ schedulingStatus: "InsufficientMemory" });
      expect(plan("Creating", { service }).schedulingStatus).toBe("InsufficientMemory");
    });
  });

  describe("the transfer of weights", () => {
    const transfer = { reason: "ModelTransferOutOfSpace" as const, message: "full" };
    const failed = serviceWith({
      conditions: [condition("ModelTransferHealthy", "False", "ModelTransferOutOfSpace")],
    });

    it("is unhealthy with its cause, without changing the phase", () => {
      const status = plan("Creating", { transfer });
      expect(said(status)["ModelTransferHealthy"]).toBe("False ModelTransferOutOfSpace");
      expect(status.phase).toBe("Creating");
    });

    it("is healthy again once a pod has its weights", () => {
      expect(said(plan("Creating", { service: failed }))["ModelTransferHealthy"]).toBe(
        "False ModelTransferOutOfSpace",
      );
      expect(
        said(plan("Creating", { service: failed, staged: true }))["ModelTransferHealthy"],
      ).toBe("True ModelTransferSucceeded");
    });

    it("is not mentioned when it never failed", () => {
      expect(said(plan("Ready", { ready: 1, staged: true }))).not.toHaveProperty(
        "ModelTransferHealthy",
      );
    });
  });
});
