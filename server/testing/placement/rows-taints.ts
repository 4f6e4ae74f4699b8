import type { Row } from "./row";
import { EVERYTHING, localClaim, node, sharedClaim } from "./scene";

const TEAM = { key: "team", value: "a", effect: "NoSchedule" };
const GPU_TAINT = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" };
const SHARED = sharedClaim();

/** Taints, cordons, readiness, and nodes that a volume names in vain. */
export const taintRows: readonly Row[] = [
  {
    name: "does not tolerate the taint of its volume's node",
    scene: { nodes: [node("gpu-1", { taints: [TEAM] }), node("gpu-2")], ...localClaim(["gpu-1"]) },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /taint team=a:NoSchedule/u,
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "tolerates the taint of its volume's node",
    scene: {
      nodes: [node("gpu-1", { taints: [TEAM] })],
      spec: { tolerations: [{ key: "team", operator: "Equal", value: "a", effect: "NoSchedule" }] },
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "tolerates another value of the taint",
    scene: {
      nodes: [node("gpu-1", { taints: [TEAM] })],
      spec: { tolerations: [{ key: "team", operator: "Equal", value: "b" }] },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "tolerates the key whatever its value",
    scene: {
      nodes: [node("gpu-1", { taints: [TEAM] })],
      spec: { tolerations: [{ key: "team", operator: "Exists" }] },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "tolerates one of two taints",
    scene: {
      nodes: [
        node("gpu-1", { taints: [TEAM, { key: "spot", value: "yes", effect: "NoExecute" }] }),
      ],
      spec: { tolerations: [{ key: "team", operator: "Exists" }] },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /spot=yes:NoExecute/u,
  },
  {
    name: "is not kept off by a taint that only prefers others",
    scene: {
      nodes: [
        node("gpu-1", { taints: [{ key: "spot", value: "yes", effect: "PreferNoSchedule" }] }),
      ],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "tolerates the taint of the GPUs that it asks for by the operator's doing",
    scene: {
      nodes: [node("gpu-1", { gpu: 1, taints: [GPU_TAINT] })],
      spec: { resources: { gpu: 1 } },
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "asks for no GPU, so it does not tolerate their taint",
    scene: { nodes: [node("gpu-1", { gpu: 1, taints: [GPU_TAINT] })], ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "names the taint key of its GPUs in the Model",
    scene: {
      nodes: [
        node("gpu-1", {
          gpu: 1,
          taints: [{ key: "example.com/accelerators", value: "present", effect: "NoSchedule" }],
        }),
      ],
      spec: { resources: { gpu: 1 } },
      hardware: { gpu: { tolerationKey: "example.com/accelerators" } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "finds the volume's node cordoned",
    scene: { nodes: [node("gpu-1", { cordoned: true }), node("gpu-2")], ...localClaim(["gpu-1"]) },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /is cordoned/u,
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "goes around a cordoned node",
    scene: { nodes: [node("gpu-1", { cordoned: true }), node("gpu-2")], ...SHARED },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "tolerates everything, a cordon too",
    scene: {
      nodes: [node("gpu-1", { cordoned: true, taints: [TEAM] })],
      spec: { tolerations: EVERYTHING },
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "finds the volume's node not ready",
    scene: { nodes: [node("gpu-1", { ready: "False" }), node("gpu-2")], ...localClaim(["gpu-1"]) },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /gpu-1 is not ready/u,
    findings: ["NodeNotReady"],
  },
  {
    name: "finds the volume's node silent",
    scene: {
      nodes: [node("gpu-1", { ready: "Unknown" }), node("gpu-2")],
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["NodeNotReady"],
  },
  {
    name: "goes around a node that is not ready",
    scene: { nodes: [node("gpu-1", { ready: "False" }), node("gpu-2")], ...SHARED },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "tolerates everything, so it may be put on a node that is not ready",
    scene: {
      nodes: [node("gpu-1", { ready: "False" }), node("gpu-2")],
      spec: { tolerations: EVERYTHING },
      ...SHARED,
    },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: ["gpu-2"],
    outcome: "runs",
  },
  {
    name: "tolerates everything, so it is put on the node of its volume, which is not ready",
    scene: {
      nodes: [node("gpu-1", { ready: "False" })],
      spec: { tolerations: EVERYTHING },
      ...localClaim(["gpu-1"]),
    },
    verdict: "warn",
    checks: { NodeFits: "warn", AccessMode: "unknown" },
    nodes: [],
    says: /nothing starts there/u,
    findings: ["NodeNotReady"],
    outcome: "runs",
  },
  {
    name: "finds no node at all",
    scene: { nodes: [], ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /There is no node/u,
  },
  {
    name: "has a volume on a node that is gone",
    scene: { nodes: [node("gpu-2")], ...localClaim(["gpu-gone"]) },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /a node that no longer exists/u,
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "has a volume whose node was never filled in",
    scene: { nodes: [node("gpu-1")], ...localClaim([""]) },
    verdict: "block",
    checks: { NodeFits: "block", ClaimUsable: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["UnbindableModelCache"],
  },
  {
    name: "has a volume that a zone's nodes reach",
    scene: {
      nodes: [node("gpu-1", { labels: { zone: "a" } }), node("gpu-2", { labels: { zone: "b" } })],
      ...sharedClaim({ affinity: { key: "zone", values: ["b"] } }),
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "has a volume that its labels keep in a zone",
    scene: {
      nodes: [
        node("gpu-1", { labels: { "topology.kubernetes.io/zone": "a" } }),
        node("gpu-2", { labels: { "topology.kubernetes.io/zone": "b" } }),
      ],
      ...sharedClaim({ labels: { "topology.kubernetes.io/zone": "b" } }),
    },
    verdict: "pass",
    nodes: ["gpu-2"],
    notSandbox: "the sandbox's scheduler does not read zones from labels of volumes",
  },
  {
    name: "has a volume that its labels keep in two zones, and neither is the node's",
    scene: {
      nodes: [node("gpu-1", { labels: { "topology.kubernetes.io/zone": "a" } })],
      ...sharedClaim({ labels: { "topology.kubernetes.io/zone": "b__c" } }),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    notSandbox: "the sandbox's scheduler does not read zones from labels of volumes",
  },
];
