import { NO_PREEMPTION, type Row } from "./row";
import { localClaim, node, sharedClaim, user } from "./scene";

const GPU = { resources: { gpu: 1 } };
const SHARED = sharedClaim();
/** As important as the service: it does not make way. */
const peer = { priorityClass: "llmkube-normal" };

/** GPUs that nodes offer, and what is left of them. */
export const gpuRows: readonly Row[] = [
  {
    name: "asks for a GPU that the volume's node has",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("cpu-1")],
      spec: GPU,
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "asks for a GPU that only another node has",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("cpu-1")],
      spec: GPU,
      ...localClaim(["cpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /The volume is on cpu-1, where the service cannot run: cpu-1 has no nvidia.com\/gpu/u,
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "asks for more GPUs than any node has",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { gpu: 2 })],
      spec: { resources: { gpu: 4 } },
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /offers 2 of the 4 nvidia.com\/gpu/u,
  },
  {
    name: "takes the GPUs that the Model asks for before its own number",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { gpu: 2 })],
      spec: GPU,
      hardware: { gpu: { enabled: true, count: 2 } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "asks for a GPU of another vendor",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { resources: { "amd.com/gpu": "1" } })],
      spec: GPU,
      hardware: { gpu: { enabled: true, vendor: "amd" } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "asks for a slice of a GPU",
    scene: {
      nodes: [
        node("gpu-1", { gpu: 1 }),
        node("gpu-2", { resources: { "nvidia.com/mig-1g.24gb": "4" } }),
      ],
      spec: { resources: { gpu: 1, gpuSharing: { mode: "partitioned", profile: "1g.24gb" } } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "asks for a resource by the name that the Model gives",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { resources: { "example.com/npu": "1" } })],
      spec: GPU,
      hardware: { gpu: { enabled: true, resourceName: "example.com/npu" } },
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "asks for a GPU that a peer has",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: GPU,
      pods: [user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /has free 0 of the 1 nvidia.com\/gpu/u,
  },
  {
    name: "asks for one of two GPUs of which a peer has one",
    scene: {
      nodes: [node("gpu-1", { gpu: 2 })],
      spec: GPU,
      pods: [user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "goes where a GPU is free",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { gpu: 1 })],
      spec: GPU,
      pods: [user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "has its volume where no GPU is free although one is elsewhere",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { gpu: 1 })],
      spec: GPU,
      pods: [user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "finds the GPU with a pod that has ended",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: GPU,
      pods: [user("done", "gpu-1", { gpu: 1, phase: "Succeeded", ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "finds the GPU with a pod that would have to make way",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: GPU,
      pods: [user("notebook", "gpu-1", { gpu: 1 })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: [],
    says: /Kubernetes would end pods of lower priority to run it on gpu-1/u,
    outcome: "runs",
    notSandbox: NO_PREEMPTION,
  },
  {
    name: "is of the lowest priority and finds the GPU with a normal service",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: { ...GPU, priority: "batch" },
      pods: [user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "is critical and finds the GPU with a normal service",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: { ...GPU, priority: "critical" },
      pods: [user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: [],
    outcome: "runs",
    notSandbox: NO_PREEMPTION,
  },
  {
    name: "gains nothing by evicting, because too little would be freed",
    scene: {
      nodes: [node("gpu-1", { gpu: 2 })],
      spec: { resources: { gpu: 2 } },
      pods: [user("notebook", "gpu-1", { gpu: 1 }), user("peer", "gpu-1", { gpu: 1, ...peer })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "has a priority class that nobody here knows, and every GPU is taken",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: { ...GPU, priorityClassName: "gold" },
      pods: [user("notebook", "gpu-1", { gpu: 1 })],
      ...localClaim(["gpu-1"]),
    },
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    notReal: "the class would have to be made for all rows",
  },
];
