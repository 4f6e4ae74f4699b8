import { describe, expect, it } from "vitest";
import { buildNode, type NodeParts } from "../demo/infrastructure";
import type { Claim, ClusterNode, Pod, StorageClass, Volume } from "./objects";
import { planPlacement, type ClaimFacts } from "./placement";
import { onNode } from "./provisioner";

const meta = (name: string) => ({
  name,
  namespace: "team",
  uid: `uid-${name}`,
  resourceVersion: "1",
  creationTimestamp: "2026-09-01T12:00:00Z",
});
const aNode = (name: string, parts: Partial<NodeParts> = {}) => {
  const { metadata, ...rest } = buildNode({ name, cpu: "8", memory: "32Gi", ...parts });
  return { ...rest, metadata: { ...meta(name), ...metadata } } as unknown as ClusterNode;
};
const aPod = (spec: Partial<Pod["spec"]> = {}, name = "chat-0"): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: meta(name),
  spec: { containers: [{ name: "main", image: "x" }], ...spec },
});
const requesting = (requests: Record<string, string>) =>
  aPod({ containers: [{ name: "main", image: "x", resources: { requests } }] });
const aClaim = (parts: Partial<Claim["spec"]> = {}, annotations = {}): Claim => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { ...meta("models"), annotations },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "local",
    resources: { requests: { storage: "10Gi" } },
    ...parts,
  },
});
const aVolume = (name: string, node?: string): Volume => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: meta(name),
  spec: {
    capacity: { storage: "10Gi" },
    accessModes: ["ReadWriteOnce"],
    storageClassName: "local",
    ...(node === undefined ? {} : { nodeAffinity: onNode(node) }),
  },
});
const waiting: StorageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: meta("local"),
  provisioner: "rancher.io/local-path",
  volumeBindingMode: "WaitForFirstConsumer",
};
const facts = (parts: Partial<ClaimFacts>): ClaimFacts => ({
  name: "models",
  claim: undefined,
  volume: undefined,
  storageClass: undefined,
  candidates: [],
  users: [],
  ...parts,
});
const bound = { "pv.kubernetes.io/bind-completed": "yes" };
const taint = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" };

function refusal(nodes: ClusterNode[], pod: Pod, claims: ClaimFacts[] = []): string {
  const plan = planPlacement({ pod, nodes: nodes.map((node) => ({ node, pods: [] })), claims });
  return plan.kind === "unschedulable" ? plan.message : `on ${plan.node}`;
}

describe("a pod that fits nowhere is refused in the scheduler's words", () => {
  it.each<[string, ClusterNode[], Pod, ClaimFacts[], string]>([
    [
      "a missing claim",
      [aNode("a")],
      aPod(),
      [facts({})],
      '0/1 nodes are available: persistentvolumeclaim "models" not found. not found',
    ],
    [
      "a claim that a class should have bound at once",
      [aNode("a"), aNode("b")],
      aPod(),
      [facts({ claim: aClaim() })],
      "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
    ],
    [
      "GPUs in use and GPUs not there",
      [aNode("a"), aNode("b", { gpus: 1 })],
      requesting({ "nvidia.com/gpu": "2" }),
      [],
      "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    ],
    [
      "a taint, a cordon and a volume elsewhere",
      [aNode("a", { taints: [taint] }), aNode("b", { cordoned: true }), aNode("c")],
      aPod(),
      [
        facts({
          claim: aClaim({ volumeName: "pv-a" }, bound),
          volume: aVolume("pv-a", "a"),
          storageClass: waiting,
        }),
      ],
      "0/3 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ],
    [
      "a node selector that no node has",
      [aNode("a")],
      aPod({ nodeSelector: { zone: "far" } }),
      [],
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    ],
    [
      "a waiting claim whose class makes no volumes",
      [aNode("a")],
      aPod(),
      [
        facts({
          claim: aClaim(),
          storageClass: { ...waiting, provisioner: "kubernetes.io/no-provisioner" },
        }),
      ],
      "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    ],
    [
      "a lost claim",
      [aNode("a")],
      aPod(),
      [facts({ claim: { ...aClaim({ volumeName: "gone" }, bound), status: { phase: "Lost" } } })],
      '0/1 nodes are available: persistentvolumeclaim "models" bound to non-existent persistentvolume "gone". not found',
    ],
  ])("%s", (_, nodes, pod, claims, message) => {
    expect(refusal(nodes, pod, claims)).toBe(message);
  });

  it("says that preemption found no victims when the node is only full", () => {
    const other = requesting({ cpu: "6" });
    const plan = planPlacement({
      pod: requesting({ cpu: "4" }),
      nodes: [{ node: aNode("a"), pods: [other] }],
      claims: [],
    });
    expect(plan).toMatchObject({
      message:
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    });
  });
});

describe("a pod that fits", () => {
  it("goes to the emptiest node, and away from pods of the same app", () => {
    const sibling = { ...aPod(), metadata: { ...meta("other"), labels: { app: "chat" } } };
    const pod = { ...aPod(), metadata: { ...meta("chat-1"), labels: { app: "chat" } } };
    const plan = planPlacement({
      pod,
      nodes: [
        { node: aNode("a"), pods: [sibling] },
        { node: aNode("b"), pods: [requesting({ cpu: "2" })] },
      ],
      claims: [],
    });
    expect(plan).toMatchObject({ kind: "node", node: "b" });
  });

  it("follows its volume, and its toleration admits the taint", () => {
    const claims = [
      facts({
        claim: aClaim({ volumeName: "pv-a" }, bound),
        volume: aVolume("pv-a", "a"),
        storageClass: waiting,
      }),
    ];
    const pod = aPod({ tolerations: [{ ...taint, operator: "Equal" }] });
    expect(refusal([aNode("a", { taints: [taint] }), aNode("b")], pod, claims)).toBe("on a");
  });

  it("takes a free volume of the node for a waiting claim, before one is made", () => {
    const claims = [
      facts({
        claim: aClaim(),
        storageClass: { ...waiting, provisioner: "kubernetes.io/no-provisioner" },
        candidates: [aVolume("pv-b", "b")],
      }),
    ];
    const plan = planPlacement({
      pod: aPod(),
      nodes: ["a", "b"].map((name) => ({ node: aNode(name), pods: [] })),
      claims,
    });
    expect(plan).toMatchObject({
      node: "b",
      steps: [{ volume: { metadata: { name: "pv-b" } } }],
    });
  });
});
