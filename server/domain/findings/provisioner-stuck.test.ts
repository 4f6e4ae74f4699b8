import { describe, expect, it } from "vitest";

import type { ClaimFacts } from "../facts";
import type { Pod } from "../objects";
import { aClaim, aContainerStatus, aNode, aPod } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { checkClaimUsable } from "../preflight/check-claim";
import { claimFindings } from "./find";
import { provisionerStuck } from "./provisioner-stuck";

const NAME = "helper-pod-create-pvc-0a1b2c3d-0000-4000-8000-0123456789ab";
const MESSAGE =
  "0/2 nodes are available: 1 node(s) had untolerated taint {nvidia.com/gpu: present}, 1 node(s) didn't match Pod's node affinity/selector.";

/** Made at 02:00; it is 12:00. */
const helper = (status: Partial<NonNullable<Pod["status"]>> = {}, spec = {}): Pod => ({
  ...aPod({
    metadata: {
      name: NAME,
      namespace: "local-path-storage",
      creationTimestamp: "2026-03-01T02:00:00Z",
    },
  }),
  spec: { containers: [], ...spec },
  status: {
    phase: "Pending",
    conditions: [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: MESSAGE },
    ],
    ...status,
  },
});
const pending = aClaim({
  metadata: { annotations: { "volume.kubernetes.io/selected-node": "gpu-1" } },
  spec: { volumeName: undefined },
  status: { phase: "Pending", capacity: undefined },
});
const tainted = aSurroundings({
  nodes: [
    aNode({
      spec: { taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }] },
    }),
  ],
});
const factsOf = (change: Partial<ClaimFacts> = {}) =>
  aClaimFacts({
    claim: pending,
    volume: null,
    provisionerPod: helper(),
    surroundings: tainted,
    ...change,
  });

describe("provisionerStuck", () => {
  it("names the pod, the node, the taint and for how long", () => {
    const finding = provisionerStuck(factsOf());

    expect(finding).toMatchObject({
      code: "ProvisionerStuck",
      severity: "error",
      message: `Claim "models-nvme-a" gets no volume: pod "${NAME}" of its provisioner, which makes the directory on node "gpu-1", has been waiting for 10 hours because it does not tolerate taint nvidia.com/gpu=present:NoSchedule.`,
      evidence: [
        { kind: "PersistentVolumeClaim" },
        { kind: "Pod", namespace: "local-path-storage", value: MESSAGE },
        { kind: "Node", field: "spec.taints", value: "nvidia.com/gpu=present:NoSchedule" },
      ],
      actions: [{ command: `kubectl describe pod -n local-path-storage ${NAME}` }],
    });
    expect(finding?.nextStep).toContain("helperPod.yaml");
  });

  it("takes the place of the finding that only says that nothing happens", () => {
    const codes = (facts: ClaimFacts) => claimFindings(facts).map(({ code }) => code);

    expect(codes(factsOf())).toEqual(["ProvisionerStuck"]);
    expect(codes(factsOf({ provisionerPod: null }))).toEqual(["ClaimPending"]);
  });

  it.each<[string, Partial<ClaimFacts>, string]>([
    [
      "the scheduler's words where the node is not known",
      { surroundings: aSurroundings({ nodes: [] }) },
      "it does not tolerate taint nvidia.com/gpu: present.",
    ],
    [
      "another reason of the scheduler",
      {
        surroundings: aSurroundings(),
        provisionerPod: helper({
          conditions: [{ type: "PodScheduled", status: "False", message: "too many pods" }],
        }),
      },
      'the scheduler says "too many pods".',
    ],
    [
      "an image that cannot be pulled",
      {
        provisionerPod: helper(
          {
            conditions: [{ type: "PodScheduled", status: "True" }],
            containerStatuses: [
              aContainerStatus("helper", { waiting: { reason: "ImagePullBackOff" } }),
            ],
          },
          { nodeName: "gpu-1" },
        ),
      },
      "its container waits (ImagePullBackOff).",
    ],
  ])("gives %s", (_name, change, why) => {
    expect(provisionerStuck(factsOf(change))?.message).toContain(`because ${why}`);
  });

  it("keeps the claim from being chosen", () => {
    expect(checkClaimUsable(aServiceFacts(), factsOf())).toMatchObject({
      verdict: "block",
      message: expect.stringContaining("does not tolerate taint") as string,
    });
  });

  it.each<[string, Partial<ClaimFacts>]>([
    ["there is no such pod, or it may not be seen", { provisionerPod: null }],
    [
      "the pod was just made",
      {
        provisionerPod: {
          ...helper(),
          metadata: { ...helper().metadata, creationTimestamp: "2026-03-01T11:59:30Z" },
        },
      },
    ],
    ["the pod runs", { provisionerPod: helper({ phase: "Running" }) }],
    ["the pod has done its work", { provisionerPod: helper({ phase: "Succeeded" }) }],
    ["the claim is bound", { claim: aClaim() }],
  ])("is silent when %s", (_name, change) => {
    expect(provisionerStuck(factsOf(change))).toBeNull();
  });
});
