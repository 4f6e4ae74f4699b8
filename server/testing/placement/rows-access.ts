import { NO_PREEMPTION, NOT_THE_SCHEDULER, type Row } from "./row";
import { ASKED, claimed, localClaim, node, sharedClaim, user } from "./scene";

const NODES = [node("gpu-1"), node("gpu-2")];
const GPU_NODES = [node("gpu-1", { gpu: 2 }), node("gpu-2", { gpu: 2 })];
const GPU = { resources: { gpu: 1 } };
const once = claimed(ASKED, "pv-models", { modes: ["ReadWriteOnce"] });
const oncePod = claimed(ASKED, "pv-models", { modes: ["ReadWriteOncePod"] });
const peer = { priorityClass: "llmkube-normal", claim: ASKED };

/** Access modes against replicas, autoscaling, rollouts and who else mounts the claim. */
export const accessRows: readonly Row[] = [
  {
    name: "has one replica with a GPU on a disk for one node",
    scene: { nodes: GPU_NODES, spec: GPU, ...once },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "has one replica without a GPU on a disk for one node, and rolls over two",
    scene: { nodes: NODES, ...once },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    outcome: "runs",
  },
  {
    name: "has two replicas on a disk for one node, and they may land on two",
    scene: { nodes: GPU_NODES, spec: { ...GPU, replicas: 2 }, ...once },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    findings: ["ReplicasShareClaim"],
    outcome: "runs",
  },
  {
    name: "has two replicas on the only node of their volume",
    scene: { nodes: NODES, spec: { replicas: 2 }, ...localClaim(["gpu-1"]) },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1"],
    outcome: "runs",
  },
  {
    name: "may be scaled to four replicas on a disk for one node",
    scene: {
      nodes: GPU_NODES,
      spec: { ...GPU, autoscaling: { minReplicas: 1, maxReplicas: 4 } },
      ...once,
    },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    findings: ["ReplicasShareClaim"],
    outcome: "runs",
  },
  {
    name: "has three replicas on a volume for many nodes",
    scene: { nodes: NODES, spec: { replicas: 3 }, ...sharedClaim() },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "finds its disk with a pod on a node where it cannot run",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("cpu-1")],
      spec: GPU,
      pods: [user("peer", "cpu-1", peer)],
      ...once,
    },
    verdict: "block",
    checks: { AccessMode: "block" },
    nodes: ["gpu-1"],
    notReal: NOT_THE_SCHEDULER,
  },
  {
    name: "finds its disk with a pod on one of the nodes where it may run",
    scene: { nodes: GPU_NODES, spec: GPU, pods: [user("peer", "gpu-2", peer)], ...once },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    outcome: "runs",
  },
  {
    name: "shares its disk with a pod on the only node of its volume",
    scene: {
      nodes: GPU_NODES,
      spec: GPU,
      pods: [user("peer", "gpu-1", peer)],
      ...localClaim(["gpu-1"]),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "shares a volume for many nodes with a pod elsewhere",
    scene: { nodes: NODES, pods: [user("peer", "gpu-2", peer)], ...sharedClaim() },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "finds its disk with a pod that has ended",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("cpu-1")],
      spec: GPU,
      pods: [user("done", "cpu-1", { ...peer, phase: "Succeeded" })],
      ...once,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "has one replica with a GPU on a claim for one pod",
    scene: { nodes: GPU_NODES, spec: GPU, ...oncePod },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "has one replica without a GPU on a claim for one pod, and rolls",
    scene: { nodes: NODES, ...oncePod },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    outcome: "runs",
  },
  {
    name: "has two replicas on a claim for one pod",
    scene: { nodes: GPU_NODES, spec: { ...GPU, replicas: 2 }, ...oncePod },
    verdict: "block",
    checks: { AccessMode: "block" },
    nodes: ["gpu-1", "gpu-2"],
    findings: ["ReplicasShareClaim"],
    outcome: "some",
  },
  {
    name: "finds its claim for one pod with a peer",
    scene: { nodes: GPU_NODES, spec: GPU, pods: [user("peer", "gpu-2", peer)], ...oncePod },
    verdict: "block",
    checks: { AccessMode: "block", NodeFits: "block" },
    nodes: [],
  },
  {
    name: "finds its claim for one pod with a pod that has ended",
    scene: {
      nodes: GPU_NODES,
      spec: GPU,
      pods: [user("done", "gpu-2", { ...peer, phase: "Succeeded" })],
      ...oncePod,
    },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "finds its claim for one pod with a pod that would have to make way",
    scene: {
      nodes: GPU_NODES,
      spec: GPU,
      pods: [user("notebook", "gpu-2", { claim: ASKED })],
      ...oncePod,
    },
    verdict: "warn",
    checks: { AccessMode: "warn", NodeFits: "warn" },
    nodes: [],
    outcome: "runs",
    notSandbox: NO_PREEMPTION,
  },
];

const OLD = claimed("old", "pv-old", { modes: ["ReadWriteMany"] });
const from = (to: typeof OLD) => ({
  claims: [...OLD.claims, ...to.claims],
  volumes: [...OLD.volumes, ...to.volumes],
});
const running = (...on: readonly string[]) => ({ claim: "old", on });

/** A service that runs, and changes its claim: with a GPU its pods are ended first, without they stand beside the new ones. */
export const rolloutRows: readonly Row[] = [
  {
    name: "gives up its own GPU before it takes it again",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: GPU,
      running: running("gpu-1"),
      ...from(localClaim(["gpu-1"])),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
    findings: [],
  },
  {
    name: "finds no room for the new pod beside its old one",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { cpu: "5" } },
      running: running("cpu-1"),
      ...from(localClaim(["cpu-1"])),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /has free 3 of the 5 cpu/u,
  },
  {
    name: "finds room for the new pod beside its old one",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { cpu: "4" } },
      running: running("cpu-1"),
      ...from(localClaim(["cpu-1"])),
    },
    verdict: "pass",
    nodes: ["cpu-1"],
  },
  {
    name: "moves to the node of its new volume",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 }), node("gpu-2", { gpu: 1 })],
      spec: GPU,
      running: running("gpu-1"),
      ...from(localClaim(["gpu-2"])),
    },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "stays with its claim, so no new pod needs room",
    scene: {
      nodes: [node("cpu-1")],
      spec: { resources: { cpu: "5" } },
      running: running("cpu-1"),
      ...OLD,
    },
    asks: "old",
    verdict: "pass",
    nodes: ["cpu-1"],
    notReal: "nothing is rolled out",
  },
  {
    name: "takes a claim for one pod while its old pod holds another",
    scene: {
      nodes: [node("gpu-1", { gpu: 1 })],
      spec: GPU,
      running: running("gpu-1"),
      ...from(claimed(ASKED, "pv-models", { modes: ["ReadWriteOncePod"] })),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
];
