import { describe, expect, it } from "vitest";

import { anInferenceService, aNode, aPod, aVolume } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings, invisible } from "@/server/testing/facts";
import { nodeNotReady } from "./node-not-ready";
import { podUnschedulable } from "./pod-unschedulable";

const DOWN = "2026-03-01T11:50:00Z";
const down = (name: string) =>
  aNode({
    metadata: { name },
    spec: { taints: [{ key: "node.kubernetes.io/unreachable", effect: "NoSchedule" }] },
    status: {
      conditions: [
        {
          type: "Ready",
          status: "Unknown",
          reason: "NodeStatusUnknown",
          message: "Kubelet stopped posting node status.",
          lastTransitionTime: DOWN,
        },
      ],
    },
  });
const up = (name: string) => aNode({ metadata: { name } });
const anywhere = aVolume({ spec: { nodeAffinity: undefined } });
type Nodes = readonly ReturnType<typeof aNode>[];
const around = (nodes: Nodes, rest: Partial<Parameters<typeof aServiceFacts>[0]> = {}) =>
  aServiceFacts({ surroundings: aSurroundings({ nodes: [...nodes] }), ...rest });
const onNetwork = (nodes: Nodes, pods: readonly ReturnType<typeof aPod>[]) =>
  around(nodes, { pods, claims: new Map([["models-nvme-a", aClaimFacts({ volume: anywhere })]]) });

describe("nodeNotReady", () => {
  it("names the node, since when, and what of the service is there", () => {
    const finding = nodeNotReady(around([down("gpu-1"), up("gpu-2")]));

    expect(finding).toMatchObject({ code: "NodeNotReady", severity: "error", since: DOWN });
    expect(finding?.message).toBe(
      'Node gpu-1 is not ready, "Kubelet stopped posting node status.": pod "llama-6c9d7b5f4-x2x7p" is there, and the volume of claim "models-nvme-a" is there only.',
    );
    expect(finding?.evidence.map(({ kind, field }) => `${kind} ${field}`)).toEqual([
      "Node status.conditions[Ready]",
      "Pod spec.nodeName",
      "PersistentVolume spec.nodeAffinity.required",
    ]);
  });

  const second = aPod({ metadata: { name: "llama-2" }, spec: { nodeName: "gpu-2" } });
  it.each([
    ["the volume alone is there", around([down("gpu-1")], { pods: [] }), "error"],
    ["a pod alone is there", onNetwork([down("gpu-1"), up("gpu-2")], [aPod()]), "error"],
    [
      "another pod serves elsewhere",
      onNetwork([down("gpu-1"), up("gpu-2")], [aPod(), second]),
      "warning",
    ],
  ])("counts it when %s", (_name, facts, severity) => {
    expect(nodeNotReady(facts)?.severity).toBe(severity);
  });

  it.each([
    ["the node is ready", around([up("gpu-1"), up("gpu-2")])],
    ["another node is down", around([up("gpu-1"), down("gpu-2")])],
    ["the volume can be reached from elsewhere", onNetwork([down("gpu-1"), up("gpu-2")], [second])],
    ["a cordoned node is ready", around([aNode({ spec: { unschedulable: true } })])],
    ["nodes may not be listed", aServiceFacts({ surroundings: invisible("nodes") })],
    ["the node has not said yet", around([aNode({ status: { conditions: [] } })])],
  ])("says nothing when %s", (_name, facts) => {
    expect(nodeNotReady(facts)).toBeNull();
  });
});

const refused = aPod({
  spec: { nodeName: undefined },
  status: {
    phase: "Pending",
    conditions: [
      {
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message: "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.",
        lastTransitionTime: DOWN,
      },
    ],
  },
});

describe("podUnschedulable", () => {
  it("quotes the scheduler and names the nodes that could take it", () => {
    const finding = podUnschedulable(aServiceFacts({ pods: [refused] }));

    expect(finding).toMatchObject({ code: "PodUnschedulable", severity: "error", since: DOWN });
    expect(finding?.message).toBe(
      'Pod "llama-6c9d7b5f4-x2x7p" has no node: the scheduler says "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.". By labels, taints and size it could run on gpu-1.',
    );
  });

  it("says why even the closest node could not", () => {
    const service = anInferenceService({ spec: { resources: { gpu: 4 } } });
    const finding = podUnschedulable(aServiceFacts({ pods: [refused], service }));

    expect(finding?.message).toMatch(/The closest, gpu-1, offers 1 of the 4 nvidia.com\/gpu/u);
    expect(finding?.nextStep).toMatch(/add a node that has it/u);
  });

  it.each([
    ["it has a node", aPod()],
    ["nobody has tried yet", aPod({ spec: { nodeName: undefined }, status: { conditions: [] } })],
    ["it has ended", aPod({ spec: { nodeName: undefined }, status: { phase: "Failed" } })],
  ])("says nothing when %s", (_name, pod) => {
    expect(podUnschedulable(aServiceFacts({ pods: [pod] }))).toBeNull();
  });
});
