import type { Row } from "./row";
import { localClaim, node, onNodesWith, sharedClaim } from "./scene";

const SHARED = sharedClaim();

/** Labels and affinity against where the volume is. */
export const nodeRows: readonly Row[] = [
  {
    name: "runs on the node of its volume",
    scene: { nodes: [node("gpu-1"), node("gpu-2")], ...localClaim(["gpu-1"]) },
    verdict: "pass",
    nodes: ["gpu-1"],
    says: /Runs on gpu-1, the node of the volume/u,
  },
  {
    name: "runs on any node with a volume that all of them reach",
    scene: { nodes: [node("gpu-1"), node("gpu-2")], ...SHARED },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "runs on either of the two nodes that reach its volume",
    scene: {
      nodes: [node("gpu-1"), node("gpu-2"), node("gpu-3")],
      ...localClaim(["gpu-1", "gpu-3"], { modes: ["ReadWriteMany"] }),
    },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-3"],
  },
  {
    name: "selects a node that the volume is not on",
    scene: {
      nodes: [node("gpu-1"), node("gpu-2", { labels: { pool: "b" } })],
      spec: { nodeSelector: { pool: "b" } },
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /The volume is on gpu-1, where the service cannot run: gpu-1 does not have the label pool=b/u,
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "selects the node that the volume is on",
    scene: {
      nodes: [node("gpu-1", { labels: { pool: "b" } }), node("gpu-2", { labels: { pool: "b" } })],
      spec: { nodeSelector: { pool: "b" } },
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "selects a label that no node has",
    scene: { nodes: [node("gpu-1")], spec: { nodeSelector: { pool: "z" } }, ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "has to match every label that it selects",
    scene: {
      nodes: [
        node("gpu-1", { labels: { pool: "a" } }),
        node("gpu-2", { labels: { pool: "a", disk: "nvme" } }),
      ],
      spec: { nodeSelector: { pool: "a", disk: "nvme" } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "asks by affinity for a zone that the volume is in",
    scene: {
      nodes: [node("gpu-1", { labels: { zone: "a" } }), node("gpu-2", { labels: { zone: "b" } })],
      spec: { affinity: onNodesWith("zone", "In", ["a", "c"]) },
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "asks by affinity for a zone that the volume is not in",
    scene: {
      nodes: [node("gpu-1", { labels: { zone: "a" } }), node("gpu-2", { labels: { zone: "b" } })],
      spec: { affinity: onNodesWith("zone", "In", ["b"]) },
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    findings: ["ClaimNodeMismatch"],
    nodes: [],
  },
  {
    name: "shuns a label that only another node has",
    scene: {
      nodes: [node("gpu-1"), node("gpu-2", { labels: { spot: "yes" } })],
      spec: { affinity: onNodesWith("spot", "DoesNotExist") },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "counts a node without the label as not in the values that it shuns",
    scene: {
      nodes: [node("gpu-1"), node("gpu-2", { labels: { zone: "b" } })],
      spec: { affinity: onNodesWith("zone", "NotIn", ["b"]) },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "asks for more than a number on a label",
    scene: {
      nodes: [node("gpu-1", { labels: { vram: "24" } }), node("gpu-2", { labels: { vram: "80" } })],
      spec: { affinity: onNodesWith("vram", "Gt", ["24"]) },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "asks for less than a number, and a label that is no number is not",
    scene: {
      nodes: [
        node("gpu-1", { labels: { vram: "lots" } }),
        node("gpu-2", { labels: { vram: "80" } }),
      ],
      spec: { affinity: onNodesWith("vram", "Lt", ["48"]) },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "asks for one node by its name",
    scene: {
      nodes: [node("gpu-1"), node("gpu-2")],
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchFields: [{ key: "metadata.name", operator: "In", values: ["gpu-2"] }] },
              ],
            },
          },
        },
      },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "only prefers another node",
    scene: {
      nodes: [node("gpu-1"), node("gpu-2", { labels: { zone: "b" } })],
      spec: {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                preference: { matchExpressions: [{ key: "zone", operator: "In", values: ["b"] }] },
              },
            ],
          },
        },
      },
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
];
