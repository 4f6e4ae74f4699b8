import { NO_NEIGHBOURS, NO_SPREAD, type Row } from "./row";
import { apart, node, SERVICE, sharedClaim, user } from "./scene";

const SHARED = sharedClaim();
const HOST = "kubernetes.io/hostname";
const NODES = [node("gpu-1"), node("gpu-2")];
const ZONES = [
  node("gpu-1", { labels: { zone: "a" } }),
  node("gpu-2", { labels: { zone: "a" } }),
  node("gpu-3", { labels: { zone: "b" } }),
];
const peer = { priorityClass: "llmkube-normal" };
const near = (labels: Readonly<Record<string, string>>, by: string) => ({
  affinity: { podAffinity: apart(labels, by) },
});
const away = (labels: Readonly<Record<string, string>>, by: string) => ({
  affinity: { podAntiAffinity: apart(labels, by) },
});
const spread = (by: string, rest: object = {}) => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: by,
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: { app: SERVICE } },
      ...rest,
    },
  ],
});
const one = (name: string, on: string, labels: Readonly<Record<string, string>>) =>
  user(name, on, { ...peer, labels });

/** Pods that a service wants near or not, that do not want it, and how its own are spread. */
export const neighbourRows: readonly Row[] = [
  {
    name: "keeps away from a pod on one of two nodes",
    scene: {
      nodes: NODES,
      spec: away({ app: "noisy" }, HOST),
      pods: [one("noisy", "gpu-1", { app: "noisy" })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "keeps away from pods on every node",
    scene: {
      nodes: NODES,
      spec: away({ app: "noisy" }, HOST),
      pods: [one("noisy-1", "gpu-1", { app: "noisy" }), one("noisy-2", "gpu-2", { app: "noisy" })],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "keeps away from pods that would make way for it",
    scene: {
      nodes: [node("gpu-1")],
      spec: away({ app: "noisy" }, HOST),
      pods: [user("noisy", "gpu-1", { labels: { app: "noisy" } })],
      ...SHARED,
    },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: [],
    outcome: "runs",
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "keeps away from the zone of a pod",
    scene: {
      nodes: ZONES,
      spec: away({ app: "noisy" }, "zone"),
      pods: [one("noisy", "gpu-1", { app: "noisy" })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-3"],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "keeps away from pods that are not there",
    scene: {
      nodes: NODES,
      spec: away({ app: "noisy" }, HOST),
      pods: [one("quiet", "gpu-1", { app: "quiet" })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "keeps its replicas apart, and there are fewer nodes",
    scene: { nodes: NODES, spec: { ...away({ app: SERVICE }, HOST), replicas: 3 }, ...SHARED },
    verdict: "warn",
    checks: { NodeFits: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    says: /Only 2 of 3 replicas/u,
    outcome: "some",
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "wants to be on the node of a pod",
    scene: {
      nodes: NODES,
      spec: near({ app: "store" }, HOST),
      pods: [one("store", "gpu-2", { app: "store" })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "wants to be in the zone of a pod",
    scene: {
      nodes: ZONES,
      spec: near({ app: "store" }, "zone"),
      pods: [one("store", "gpu-1", { app: "store" })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "wants to be near a pod that is not there",
    scene: { nodes: NODES, spec: near({ app: "store" }, HOST), ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "wants its replicas near each other, and the first of them may begin anywhere",
    scene: { nodes: NODES, spec: near({ app: SERVICE }, HOST), ...SHARED },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "is not wanted by a pod on one of two nodes",
    scene: {
      nodes: NODES,
      pods: [user("averse", "gpu-1", { ...peer, avoids: { labels: { app: SERVICE }, by: HOST } })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-2"],
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "is not wanted by a pod in the only zone",
    scene: {
      nodes: [node("gpu-1", { labels: { zone: "a" } }), node("gpu-2", { labels: { zone: "a" } })],
      pods: [
        user("averse", "gpu-1", { ...peer, avoids: { labels: { app: SERVICE }, by: "zone" } }),
      ],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /whose anti-affinity avoids the service/u,
    notSandbox: NO_NEIGHBOURS,
  },
  {
    name: "is not meant by the aversion of a pod",
    scene: {
      nodes: [node("gpu-1")],
      pods: [user("averse", "gpu-1", { ...peer, avoids: { labels: { app: "noisy" }, by: HOST } })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "spreads over zones, and one has its share",
    scene: {
      nodes: ZONES,
      spec: spread("zone"),
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-3"],
    notSandbox: NO_SPREAD,
  },
  {
    name: "spreads over nodes, and the only one with its volume has its share",
    scene: {
      nodes: NODES,
      spec: spread(HOST),
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...sharedClaim({ on: ["gpu-1"] }),
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /has its share of the service's pods already/u,
    notSandbox: NO_SPREAD,
  },
  {
    name: "spreads over nodes, and may differ by two",
    scene: {
      nodes: NODES,
      spec: spread(HOST, { maxSkew: 2 }),
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...sharedClaim({ on: ["gpu-1"] }),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "spreads over nodes where it can, and is put elsewhere where it cannot",
    scene: {
      nodes: NODES,
      spec: spread(HOST, { whenUnsatisfiable: "ScheduleAnyway" }),
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...sharedClaim({ on: ["gpu-1"] }),
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "spreads over racks, and no node is in one",
    scene: { nodes: NODES, spec: spread("rack"), ...SHARED },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /does not have the label rack by which pods are spread/u,
    notSandbox: NO_SPREAD,
  },
  {
    name: "spreads over at least three zones, and there are two",
    scene: {
      nodes: ZONES,
      spec: spread("zone", { minDomains: 3 }),
      pods: [one("mine-1", "gpu-1", { app: SERVICE }), one("mine-2", "gpu-3", { app: SERVICE })],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    notSandbox: NO_SPREAD,
  },
  {
    name: "counts a tainted node as a place to spread over",
    scene: {
      nodes: [
        node("gpu-1"),
        node("gpu-2", { taints: [{ key: "team", value: "a", effect: "NoSchedule" }] }),
      ],
      spec: spread(HOST),
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...SHARED,
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    notSandbox: NO_SPREAD,
  },
  {
    name: "is told to leave out tainted nodes as places to spread over",
    scene: {
      nodes: [
        node("gpu-1"),
        node("gpu-2", { taints: [{ key: "team", value: "a", effect: "NoSchedule" }] }),
      ],
      spec: spread(HOST, { nodeTaintsPolicy: "Honor" }),
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "leaves out nodes that it does not select as places to spread over",
    scene: {
      nodes: [node("gpu-1", { labels: { pool: "a" } }), node("gpu-2")],
      spec: { ...spread(HOST), nodeSelector: { pool: "a" } },
      pods: [one("mine", "gpu-1", { app: SERVICE })],
      ...SHARED,
    },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
];
