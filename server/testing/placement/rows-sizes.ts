import type { Row } from "./row";
import { localClaim, node, sharedClaim, user } from "./scene";

const GPU = { resources: { gpu: 1 } };
const SHARED = sharedClaim();
/** As important as the service: it does not make way. */
const peer = { priorityClass: "llmkube-normal" };

/** CPU, memory, scratch space and the number of pods against what nodes offer, and what is left of it. */
export const sizeRows: readonly Row[] = [
  {
    name: "asks for all the CPU that a node offers",
    scene: { nodes: [node("cpu-1")], spec: { resources: { cpu: "8" } }, ...SHARED },
    verdict: "pass",
    nodes: ["cpu-1"],
  },
  {
    name: "asks for a thousandth of a core more than a node offers",
    scene: { nodes: [node("cpu-1")], spec: { resources: { cpu: "8001m" } }, ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /offers 8 of the 8.001 cpu/u,
  },
  {
    name: "asks for exactly the CPU that is left",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { cpu: "2900m" } },
      pods: [user("peer", "cpu-1", { cpu: "5100m", ...peer })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["cpu-1"],
  },
  {
    name: "asks for a little more CPU than is left",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { cpu: "3" } },
      pods: [user("peer", "cpu-1", { cpu: "5100m", ...peer })],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /has free 2.9 of the 3 cpu/u,
  },
  {
    name: "counts the hungriest step of initialisation of a neighbour",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { cpu: "4" } },
      pods: [user("peer", "cpu-1", { cpu: "1", initCpu: "6", ...peer })],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "asks for more memory than a node offers",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { memory: "33Gi" } },
      ...localClaim(["cpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "takes the memory for the host in place of the other",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { memory: "1Gi", hostMemory: "33Gi" } },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "asks for memory in the units of ten that a node just has",
    scene: {
      nodes: [node("cpu-1", { resources: { memory: "16G" } })],
      spec: { resources: { memory: "16000M" } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["cpu-1"],
  },
  {
    name: "asks for more memory than is left",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { memory: "20Gi" } },
      pods: [user("peer", "cpu-1", { memory: "16Gi", ...peer })],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /has free 16.0 GiB of the 20.0 GiB memory/u,
  },
  {
    name: "asks for more scratch space than a node offers",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { ephemeralStorage: "200Gi" } },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "lacks room on every node for a different reason",
    scene: {
      nodes: [node("gpu-1", { gpu: 1, resources: { memory: "8Gi" } }), node("cpu-1")],
      spec: { resources: { gpu: 1, memory: "16Gi" } },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /gpu-1 offers 8.0 GiB .*cpu-1 has no nvidia.com\/gpu/u,
  },
  {
    name: "finds as many pods on a node as it may run",
    scene: {
      nodes: [node("cpu-1", { resources: { pods: "2" } })],
      pods: [user("peer-1", "cpu-1", peer), user("peer-2", "cpu-1", peer)],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /runs all 2 pods it may/u,
  },
  {
    name: "is the last pod that a node may run",
    scene: {
      nodes: [node("cpu-1", { resources: { pods: "2" } })],
      pods: [user("peer-1", "cpu-1", peer)],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["cpu-1"],
  },
  {
    name: "finds a node that takes no pods at all",
    scene: { nodes: [node("cpu-1", { resources: { pods: "0" } })], ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "wants three replicas where two GPUs are free",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { gpu: 1 })],
      spec: { ...GPU, replicas: 3 },
      ...SHARED,
    },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    says: /Only 2 of 3 replicas would find room, on gpu-1 and gpu-2/u,
    outcome: "some",
  },
  {
    name: "wants three replicas and finds room for all",
    scene: {
      nodes: [node("gpu-1", { gpu: 2 }), node("gpu-2", { gpu: 1 })],
      spec: { ...GPU, replicas: 3 },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "wants more CPU for its replicas together than the node of the volume has",
    scene: {
      nodes: [node("cpu-1"), node("cpu-2")],
      spec: { resources: { cpu: "3" }, replicas: 3 },
      ...localClaim(["cpu-1"], { modes: ["ReadWriteMany"] }),
    },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: ["cpu-1"],
    says: /Only 2 of 3 replicas/u,
    outcome: "some",
  },
];
