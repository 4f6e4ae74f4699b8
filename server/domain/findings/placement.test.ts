import { describe, expect, it } from "vitest";

import {
  aClaim,
  aModel,
  anEvent,
  anInferenceService,
  aNode,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { claimInUseOnOtherNode } from "./claim-in-use-on-other-node";
import { claimNodeMismatch } from "./claim-node-mismatch";

const gpu2 = aNode({ metadata: { name: "gpu-2", labels: { pool: "b" } } });
const nodes = [aNode(), gpu2];
const placed = (spec: object, model = aModel(), around = { nodes }) => {
  const surroundings = aSurroundings(around);
  return aServiceFacts({ service: anInferenceService({ spec }), model, pods: [], surroundings });
};

describe("claimNodeMismatch", () => {
  it("says where the volume is and where the service may run", () => {
    const finding = claimNodeMismatch(placed({ nodeSelector: { pool: "b" } }));

    expect(finding).toMatchObject({ code: "ClaimNodeMismatch", severity: "error" });
    expect(finding?.message).toBe(
      'The volume of claim "models-nvme-a" is on gpu-1; the service may only run on gpu-2. gpu-1 does not have the label pool=b that the service selects.',
    );
    expect(finding?.evidence.map(({ kind }) => kind)).toEqual([
      "PersistentVolume",
      "InferenceService",
      "Node",
    ]);
  });

  const tainted = aNode({ spec: { taints: [{ key: "team", value: "a", effect: "NoSchedule" }] } });
  it.each([
    ["a taint", placed({}, aModel(), { nodes: [tainted, gpu2] }), /taint team=a:NoSchedule/u],
    [
      "a cordon",
      placed({}, aModel(), { nodes: [aNode({ spec: { unschedulable: true } }), gpu2] }),
      /is cordoned/u,
    ],
    [
      "a GPU that is not there",
      placed({ resources: { gpu: 2 } }, aModel(), {
        nodes: [
          aNode(),
          aNode({
            metadata: { name: "gpu-2" },
            status: { allocatable: { "nvidia.com/gpu": "4" } },
          }),
        ],
      }),
      /offers 1 of the 2 nvidia.com\/gpu/u,
    ],
    [
      "a node that is gone",
      placed({}, aModel(), { nodes: [gpu2] }),
      /is on a node that no longer exists/u,
    ],
    [
      "node affinity",
      placed({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: "pool", operator: "In", values: ["b"] }] },
              ],
            },
          },
        },
      }),
      /node affinity/u,
    ],
  ])("counts %s", (_name, facts, wording) => {
    expect(claimNodeMismatch(facts)?.message).toMatch(wording);
  });

  it("is a warning while pods run there", () => {
    const facts = placed({}, aModel(), { nodes: [aNode({ spec: { unschedulable: true } }), gpu2] });
    const finding = claimNodeMismatch({ ...facts, pods: [aPod()] });

    expect(finding?.severity).toBe("warning");
    expect(finding?.message).toMatch(/would not start again/u);
  });

  it.each([
    ["the service may run where the volume is", placed({})],
    [
      "its toleration covers the taint",
      placed({ tolerations: [{ key: "team", operator: "Exists" }] }, aModel(), {
        nodes: [tainted],
      }),
    ],
    [
      "the GPU's own taint is tolerated by the operator's doing",
      placed({ resources: { gpu: 1 } }, aModel(), {
        nodes: [
          aNode({
            spec: { taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }] },
          }),
        ],
      }),
    ],
    [
      "a taint only prefers others",
      placed({}, aModel(), {
        nodes: [aNode({ spec: { taints: [{ key: "x", effect: "PreferNoSchedule" }] } })],
      }),
    ],
    [
      "nodes may not be listed",
      {
        ...placed({ nodeSelector: { pool: "b" } }),
        surroundings: aSurroundings({ nodes: [], invisible: new Set(["nodes"] as const) }),
      },
    ],
    [
      "the volume can be reached from everywhere",
      {
        ...placed({ nodeSelector: { pool: "b" } }),
        claims: new Map([
          [
            "models-nvme-a",
            aClaimFacts({ volume: aVolume({ spec: { nodeAffinity: undefined } }) }),
          ],
        ]),
      },
    ],
    [
      "the claim is not bound yet",
      {
        ...placed({ nodeSelector: { pool: "b" } }),
        claims: new Map([["models-nvme-a", aClaimFacts({ volume: null })]]),
      },
    ],
    ["the claim is ignored", placed({ nodeSelector: { pool: "b" }, skipModelInit: true })],
  ])("is silent when %s", (_name, facts) => {
    expect(claimNodeMismatch(facts)).toBeNull();
  });
});

const waiting = aPod({
  metadata: { name: "llama-new" },
  spec: { nodeName: "gpu-2" },
  status: {
    phase: "Pending",
    initContainerStatuses: undefined,
    containerStatuses: undefined,
    conditions: [],
  },
});
const holder = aPod({ metadata: { name: "other-1" } });
const withPods = (own: readonly ReturnType<typeof aPod>[], mode: string, all = [holder, waiting]) =>
  aServiceFacts({
    pods: [...own],
    claims: new Map([
      [
        "models-nvme-a",
        aClaimFacts({ claim: aClaim({ spec: { accessModes: [mode] } }), pods: all }),
      ],
    ]),
    events: [anEvent({ reason: "FailedAttachVolume", message: "Multi-Attach error for volume" })],
  });

describe("claimInUseOnOtherNode", () => {
  it("names both pods and both nodes, with the event", () => {
    const finding = claimInUseOnOtherNode(withPods([waiting], "ReadWriteOnce"));

    expect(finding?.message).toBe(
      'Claim "models-nvme-a" is ReadWriteOnce and in use by pod "other-1" on node gpu-1; pod "llama-new" on node gpu-2 cannot mount it.',
    );
    expect(finding?.evidence.at(-1)?.value).toBe("Multi-Attach error for volume");
    expect(finding?.nextStep).toContain('Let pod "other-1" end');
  });

  it("says that a rolling update is stuck when the holder is the service's own old pod", () => {
    const finding = claimInUseOnOtherNode(withPods([holder, waiting], "ReadWriteOnce"));

    expect(finding?.nextStep).toContain("A rolling update cannot move");
  });

  it("counts an unscheduled pod for ReadWriteOncePod", () => {
    const unscheduled = aPod({
      metadata: { name: "llama-new" },
      spec: { nodeName: undefined },
      status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False" }] },
    });

    expect(
      claimInUseOnOtherNode(withPods([unscheduled], "ReadWriteOncePod", [holder, unscheduled]))
        ?.message,
    ).toContain("is ReadWriteOncePod and in use");
  });

  it.each([
    ["the claim is ReadWriteMany", withPods([waiting], "ReadWriteMany")],
    ["nobody else has it", withPods([waiting], "ReadWriteOnce", [waiting])],
    [
      "both are on one node",
      withPods(
        [aPod({ ...waiting, spec: { ...waiting.spec, nodeName: "gpu-1" } })],
        "ReadWriteOnce",
      ),
    ],
    [
      "the pod has started its init containers",
      withPods(
        [
          aPod({
            metadata: { name: "llama-new" },
            spec: { nodeName: "gpu-2" },
            status: { phase: "Pending" },
          }),
        ],
        "ReadWriteOnce",
      ),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(claimInUseOnOtherNode(facts)).toBeNull();
  });
});
