import { describe, expect, it } from "vitest";

import type { Condition } from "./objects";
import {
  aContainerStatus,
  aDeployment,
  aModel,
  anAttachment,
  anInferenceService,
  aNode,
  aPod,
} from "@/server/testing/builders";
import { aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { planProgress } from "./attachment-plan";
import type { ServiceFacts } from "./facts";

const AT = "2026-03-01T11:40:00Z";
const volumeOf = (claimName: string) => ({
  volumes: [{ name: "model-cache", persistentVolumeClaim: { claimName } }],
});
const oldDeployment = aDeployment({ spec: { template: { spec: volumeOf("old") } } });
const oldPod = aPod({ metadata: { name: "llama-old" }, spec: volumeOf("old") });
const condition = (type: string, status: string, reason: string, message = ""): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: AT,
});
const init = (state: object, lastState: object = {}) =>
  aPod({
    metadata: { name: "llama-new" },
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "True" }],
      initContainerStatuses: [aContainerStatus("model-downloader", state, { lastState })],
    },
  });
const unscheduled = aPod({
  metadata: { name: "llama-new" },
  spec: { nodeName: undefined },
  status: {
    phase: "Pending",
    initContainerStatuses: undefined,
    conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }],
  },
});

const plan = (
  overrides: Partial<ServiceFacts> = {},
  claimName: string | null = "models-nvme-a",
) => {
  const facts = aServiceFacts(overrides);
  return planProgress({
    attachment: anAttachment({ state: "Applied", claimName }),
    service: facts.service,
    facts,
  });
};

describe("planProgress", () => {
  it("is Effective once every ready pod mounts the claim", () => {
    expect(plan()).toEqual({
      to: "Effective",
      reason: "Mounted",
      message: 'The ready pod mounts claim "models-nvme-a".',
    });
  });

  it("does not count an old pod that is on its way out", () => {
    const leaving = aPod({
      metadata: { name: "llama-old", deletionTimestamp: AT },
      spec: volumeOf("old"),
    });

    expect(plan({ pods: [leaving, aPod()] }).to).toBe("Effective");
  });

  it.each<[string, string, Partial<ServiceFacts>]>([
    ["ClaimNotFound", "the claim is missing", { claims: new Map([["models-nvme-a", null]]) }],
    ["ModelNotFound", "the Model is missing", { model: null }],
    [
      "ModelNotReady",
      "the Model is not Ready",
      { model: aModel({ status: { phase: "Downloading" } }) },
    ],
    [
      "ModelNotReady",
      "the draft model is not Ready",
      {
        draftModel: aModel({ metadata: { name: "draft" }, status: { phase: "Pending" } }),
      },
    ],
    [
      "Suspended",
      "the service is suspended",
      {
        service: anInferenceService({ spec: { suspend: true } }),
        pods: [],
      },
    ],
    [
      "ScaledToZero",
      "no replica is wanted",
      {
        service: anInferenceService({ spec: { replicas: 0 } }),
        pods: [],
      },
    ],
    ["RollingOut", "nothing is rolled out yet", { deployment: null, pods: [] }],
    [
      "RollingOut",
      "the Deployment has the old claim",
      { deployment: oldDeployment, pods: [oldPod] },
    ],
    [
      "RolloutDeferred",
      "the operator waits for idle pods",
      {
        deployment: oldDeployment,
        pods: [oldPod],
        service: anInferenceService({
          status: { conditions: [condition("RolloutDeferred", "True", "PodsBusy", "2 requests")] },
        }),
      },
    ],
    [
      "NotHealed",
      "the operator has not noticed the claim",
      {
        deployment: oldDeployment,
        pods: [oldPod],
        service: anInferenceService({
          status: {
            phase: "Failed",
            conditions: [condition("Degraded", "True", "Failed", 'PVC "models-nvme-a" not found')],
          },
        }),
      },
    ],
    [
      "RollingOut",
      "the failure that the operator reports is about the spec before the change",
      {
        deployment: oldDeployment,
        pods: [],
        service: anInferenceService({
          metadata: { generation: 2 },
          status: {
            phase: "Failed",
            conditions: [
              { ...condition("Degraded", "True", "Failed", "bad"), observedGeneration: 1 },
            ],
          },
        }),
      },
    ],
    [
      "ServiceDegraded",
      "the operator reports a failure",
      {
        deployment: oldDeployment,
        pods: [],
        service: anInferenceService({
          status: { phase: "Failed", conditions: [condition("Degraded", "True", "Failed", "bad")] },
        }),
      },
    ],
    ["RollingOut", "an old pod still serves", { pods: [oldPod, aPod()] }],
    ["WaitingForPods", "there is no pod yet", { pods: [] }],
    ["WaitingForPods", "no node takes the pod", { pods: [unscheduled] }],
    [
      "ClaimNodeMismatch",
      "no node can take the pod",
      {
        pods: [unscheduled],
        surroundings: aSurroundings({
          nodes: [aNode({ spec: { unschedulable: true } }), aNode({ metadata: { name: "gpu-2" } })],
        }),
      },
    ],
    ["Downloading", "the model is on its way", { pods: [init({ running: { startedAt: AT } })] }],
    [
      "ModelTransferOutOfSpace",
      "the disk is full",
      {
        pods: [
          init(
            { waiting: { reason: "CrashLoopBackOff" } },
            { terminated: { exitCode: 23, message: "No space left on device" } },
          ),
        ],
      },
    ],
    [
      "WaitingForPods",
      "the server starts",
      {
        pods: [init({ terminated: { exitCode: 0 } })],
      },
    ],
  ])("stays Applied with %s while %s", (reason, _while, overrides) => {
    const progress = plan(overrides);

    expect(progress).toMatchObject({ to: "Applied", reason });
    expect(progress.message).not.toBe("");
  });

  it.each<[string, Partial<ServiceFacts>]>([
    ["PreStaged", { model: aModel({ spec: { source: "pvc://weights/a.gguf" } }) }],
    ["NoCacheKey", { model: aModel({ status: { cacheKey: undefined } }) }],
    ["SkipModelInit", { service: anInferenceService({ spec: { skipModelInit: true } }) }],
    ["RuntimeWithoutInit", { service: anInferenceService({ spec: { runtime: "tgi" } }) }],
  ])("is Ignored for %s", (reason, overrides) => {
    const progress = plan(overrides);

    expect(progress).toMatchObject({ to: "Ignored", reason });
    expect(progress.message).toContain("is not used");
  });

  it("waits for the key of a Model that is not Ready in place of calling the claim ignored", () => {
    const model = aModel({ status: { cacheKey: undefined, phase: "Pending" } });

    expect(plan({ model })).toMatchObject({ to: "Applied", reason: "ModelNotReady" });
  });

  it("trusts the service as just read over the watch caches", () => {
    const stale = anInferenceService({ spec: { modelCache: { claimName: "old" } } });
    const progress = planProgress({
      attachment: anAttachment({ state: "Applied" }),
      service: anInferenceService(),
      facts: aServiceFacts({ service: stale, deployment: oldDeployment, pods: [oldPod] }),
    });

    expect(progress).toMatchObject({ to: "Applied", reason: "RollingOut" });
  });

  describe("of a removal", () => {
    const detached = anInferenceService({ spec: { modelCache: undefined } });
    const shared = volumeOf("llmkube-model-cache");

    it("waits until the operator's cache is rolled out and mounted", () => {
      const progress = plan({ service: detached }, null);

      expect(progress).toMatchObject({ to: "Applied", reason: "RollingOut" });
    });

    it("is Effective once the pods mount the operator's cache", () => {
      const facts = {
        service: detached,
        deployment: aDeployment({ spec: { template: { spec: shared } } }),
        pods: [aPod({ spec: shared })],
      };

      expect(plan(facts, null)).toMatchObject({ to: "Effective", reason: "Mounted" });
    });

    it("is Effective at once where nothing mounts a claim", () => {
      const model = aModel({ spec: { hardware: { accelerator: "metal" } } });

      expect(plan({ service: detached, model, deployment: null, pods: [] }, null)).toMatchObject({
        to: "Effective",
        reason: "NoClaim",
      });
    });
  });
});
