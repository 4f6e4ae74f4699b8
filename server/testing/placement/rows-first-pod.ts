import type { Row } from "./row";
import { ASKED, byHand, made, node, unbound, volume } from "./scene";

const BY_HAND = byHand("by-hand");
const NODES = [node("gpu-1"), node("gpu-2")];
const free = { className: "by-hand" } as const;
const wants = (shape: Parameters<typeof unbound>[1] = {}) => ({
  nodes: NODES,
  classes: [BY_HAND],
  claims: [unbound(ASKED, { ...free, ...shape })],
});
const NO_VOLUME = {
  verdict: "block",
  checks: { NodeFits: "block", AccessMode: "unknown" },
  nodes: [],
  findings: ["ClaimPending"],
} as const satisfies Partial<Row>;

/** Claims that wait for their first pod: volumes made by hand, and classes that make them. */
export const firstPodRows: readonly Row[] = [
  {
    name: "is the first pod of a claim for which a free volume is on one node",
    scene: { ...wants(), volumes: [volume("pv-a", { ...free, on: ["gpu-2"] })] },
    verdict: "pass",
    nodes: ["gpu-2"],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim for which no volume is free",
    scene: wants(),
    ...NO_VOLUME,
    says: /has no free volume that fits claim "models"/u,
  },
  {
    name: "is the first pod of a claim that is larger than the free volume",
    scene: { ...wants({ size: "200Gi" }), volumes: [volume("pv-a", { ...free, on: ["gpu-1"] })] },
    ...NO_VOLUME,
  },
  {
    name: "is the first pod of a claim exactly as large as the free volume",
    scene: {
      ...wants({ size: "100Gi" }),
      volumes: [volume("pv-a", { ...free, on: ["gpu-1"], size: "102400Mi" })],
    },
    verdict: "pass",
    nodes: ["gpu-1"],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim in another mode than the free volume",
    scene: {
      ...wants({ modes: ["ReadWriteMany"] }),
      volumes: [volume("pv-a", { ...free, on: ["gpu-1"] })],
    },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim in one of the modes of the free volume",
    scene: {
      ...wants(),
      volumes: [
        volume("pv-a", { ...free, on: ["gpu-1"], modes: ["ReadWriteOnce", "ReadWriteMany"] }),
      ],
    },
    verdict: "pass",
    nodes: ["gpu-1"],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim of another class than the free volume",
    scene: { ...wants(), volumes: [volume("pv-a", { on: ["gpu-1"], className: "other" })] },
    ...NO_VOLUME,
  },
  {
    name: "is the first pod of a claim for files, and the free volume is a raw block device",
    scene: {
      ...wants(),
      volumes: [volume("pv-a", { ...free, on: ["gpu-1"], volumeMode: "Block" })],
    },
    ...NO_VOLUME,
  },
  {
    name: "is the first pod of a claim that selects the free volume by its label",
    scene: {
      ...wants({ selector: { tier: "fast" } }),
      volumes: [
        volume("pv-a", { ...free, on: ["gpu-1"] }),
        volume("pv-b", { ...free, on: ["gpu-2"], labels: { tier: "fast" } }),
      ],
    },
    verdict: "pass",
    nodes: ["gpu-2"],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim that selects by a label that no free volume has",
    scene: {
      ...wants({ selector: { tier: "fast" } }),
      volumes: [volume("pv-a", { ...free, on: ["gpu-1"], labels: { tier: "slow" } })],
    },
    ...NO_VOLUME,
  },
  {
    name: "is the first pod of a claim whose only volume is kept for another claim",
    scene: {
      ...wants(),
      volumes: [volume("pv-a", { ...free, on: ["gpu-1"], keptFor: "else", phase: "Available" })],
    },
    ...NO_VOLUME,
  },
  {
    name: "is the first pod of a claim with free volumes on two nodes",
    scene: {
      ...wants(),
      volumes: [
        volume("pv-a", { ...free, on: ["gpu-1"] }),
        volume("pv-b", { ...free, on: ["gpu-2"] }),
      ],
    },
    verdict: "warn",
    checks: { AccessMode: "warn" },
    nodes: ["gpu-1", "gpu-2"],
    findings: ["ClaimPending"],
    outcome: "runs",
  },
  {
    name: "is the first pod of a claim whose free volume is where it may not run",
    scene: {
      ...wants(),
      spec: { nodeSelector: { "kubernetes.io/hostname": "gpu-1" } },
      volumes: [volume("pv-a", { ...free, on: ["gpu-2"] })],
    },
    ...NO_VOLUME,
  },
  {
    name: "needs a GPU, and the only free volume is on a node without one",
    scene: {
      ...wants(),
      nodes: [node("gpu-1", { gpu: 1 }), node("cpu-1")],
      spec: { resources: { gpu: 1 } },
      volumes: [volume("pv-a", { ...free, on: ["cpu-1"] })],
    },
    ...NO_VOLUME,
  },
  {
    name: "is the first pod of a claim whose class makes a volume wherever it lands",
    scene: {
      nodes: NODES,
      classes: [made("makes")],
      claims: [unbound(ASKED, { className: "makes", modes: ["ReadWriteMany"] })],
    },
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim whose class makes volumes in its zone only",
    scene: {
      nodes: [node("gpu-1", { labels: { zone: "a" } }), node("gpu-2", { labels: { zone: "b" } })],
      classes: [made("makes", { zones: ["b"] })],
      claims: [unbound(ASKED, { className: "makes" })],
    },
    verdict: "pass",
    nodes: ["gpu-2"],
    findings: ["ClaimPending"],
  },
  {
    name: "is the first pod of a claim whose class makes volumes in another zone",
    scene: {
      nodes: [node("gpu-1", { labels: { zone: "a" } })],
      classes: [made("makes", { zones: ["b", "c"] })],
      claims: [unbound(ASKED, { className: "makes" })],
    },
    ...NO_VOLUME,
    says: /outside of where storage class makes makes volumes/u,
  },
  {
    name: "waits with a claim whose volume is being made for another node",
    scene: {
      nodes: NODES,
      spec: { nodeSelector: { "kubernetes.io/hostname": "gpu-1" } },
      classes: [made("makes")],
      claims: [unbound(ASKED, { className: "makes", selectedNode: "gpu-2" })],
    },
    verdict: "block",
    checks: { NodeFits: "block", ClaimUsable: "warn", AccessMode: "unknown" },
    nodes: [],
    findings: ["ClaimPending"],
    notReal: "a provisioner would make the volume in the meantime",
  },
];
