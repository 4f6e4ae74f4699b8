import { NOT_THE_SCHEDULER, type Row } from "./row";
import {
  ASKED,
  bound,
  byHand,
  claimed,
  localClaim,
  made,
  node,
  sharedClaim,
  unbound,
  volume,
} from "./scene";

const BY_HAND = byHand("by-hand");
const NODES = [node("gpu-1"), node("gpu-2")];
const free = { className: "by-hand" } as const;
/** Claims that are bound without a pod, and never will be. */
const immediateRows: readonly Row[] = [
  {
    name: "has a claim that should be bound at once, and no volume fits it",
    scene: {
      nodes: NODES,
      classes: [byHand("at-once", "Immediate")],
      claims: [unbound(ASKED, { className: "at-once" })],
    },
    verdict: "block",
    checks: { ClaimUsable: "block", NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    says: /No node can run the service: claim "models" is not bound, and no free volume fits it/u,
    findings: ["ClaimPending"],
  },
  {
    name: "has a claim of a class that does not exist",
    scene: { nodes: NODES, claims: [unbound(ASKED, { className: "nowhere" })] },
    verdict: "block",
    checks: { ClaimUsable: "block", NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["ClaimPending"],
  },
  {
    name: "has a claim without a class, and no volume has none",
    scene: { nodes: NODES, claims: [unbound(ASKED)] },
    verdict: "block",
    checks: { ClaimUsable: "block", NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["ClaimPending"],
  },
  {
    name: "has a claim that waits for a provisioner which does not answer",
    scene: {
      nodes: NODES,
      classes: [made("silent", { mode: "Immediate" })],
      claims: [unbound(ASKED, { className: "silent" })],
    },
    verdict: "warn",
    checks: { ClaimUsable: "warn", NodeFits: "unknown", AccessMode: "unknown" },
    nodes: null,
    findings: ["ClaimPending"],
    notReal: "what a provisioner does in the end is not the cluster's to say",
  },
  {
    name: "has a claim whose volume is gone",
    scene: {
      nodes: NODES,
      claims: [bound(ASKED, volume("pv-gone", { on: ["gpu-1"] }), { state: "Lost" })],
    },
    verdict: "block",
    checks: { ClaimUsable: "block", NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["ClaimLost"],
  },
  {
    name: "has a claim that is being deleted",
    scene: deleting(),
    verdict: "block",
    checks: { ClaimUsable: "block", NodeFits: "block" },
    nodes: [],
    findings: ["ClaimTerminating"],
  },
  {
    name: "asks for a claim that does not exist",
    scene: { nodes: NODES },
    verdict: "block",
    checks: { ClaimExists: "block", ClaimUsable: "unknown", AccessMode: "unknown" },
    nodes: ["gpu-1", "gpu-2"],
  },
  {
    name: "has a claim to a raw block device",
    scene: { nodes: NODES, ...localClaim(["gpu-1"], { volumeMode: "Block" }) },
    verdict: "block",
    checks: { ClaimUsable: "block" },
    nodes: ["gpu-1"],
    notReal: NOT_THE_SCHEDULER,
  },
  {
    name: "has a claim that can only be read",
    scene: { nodes: NODES, ...sharedClaim({ modes: ["ReadOnlyMany"] }) },
    verdict: "block",
    checks: { ClaimUsable: "block" },
    nodes: ["gpu-1", "gpu-2"],
    notReal: NOT_THE_SCHEDULER,
  },
];

function deleting() {
  const shared = sharedClaim();
  const [to] = shared.volumes;
  const claims = to === undefined ? [] : [bound(ASKED, to, { state: "deleting" })];
  return { nodes: NODES, ...shared, claims };
}

const extra = (claimName: string) => ({
  extraVolumes: [{ name: "more", persistentVolumeClaim: { claimName } }],
});
const second = claimed("more", "pv-more", { on: ["gpu-2"], modes: ["ReadWriteMany"] });
const first = claimed(ASKED, "pv-models", { on: ["gpu-1"], modes: ["ReadWriteMany"] });
const anywhere = sharedClaim();
const both = (a: typeof first, b: typeof first) => ({
  claims: [...a.claims, ...b.claims],
  volumes: [...a.volumes, ...b.volumes],
});

/** What pods mount beside the cache, and what they mount in its place. */
const otherClaimRows: readonly Row[] = [
  {
    name: "mounts a second claim that is on another node",
    scene: { nodes: NODES, spec: extra("more"), ...both(first, second) },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
  },
  {
    name: "mounts a second claim that decides the node",
    scene: { nodes: NODES, spec: extra("more"), ...both(anywhere, second) },
    verdict: "pass",
    nodes: ["gpu-2"],
  },
  {
    name: "mounts a second claim that does not exist",
    scene: { nodes: NODES, spec: extra("more"), ...anywhere },
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /No node can run the service: claim "more" does not exist/u,
  },
  {
    name: "mounts the asked claim a second time",
    scene: { nodes: NODES, spec: extra(ASKED), ...first },
    verdict: "pass",
    nodes: ["gpu-1"],
  },
  {
    name: "needs two free volumes of one class on the same node, and there is one on each",
    scene: {
      nodes: NODES,
      spec: extra("more"),
      classes: [BY_HAND],
      claims: [unbound(ASKED, free), unbound("more", free)],
      volumes: [
        volume("pv-a", { ...free, on: ["gpu-1"] }),
        volume("pv-b", { ...free, on: ["gpu-2"] }),
      ],
    },
    verdict: "block",
    checks: { NodeFits: "block", AccessMode: "unknown" },
    nodes: [],
    findings: ["ClaimPending"],
  },
  {
    name: "needs two free volumes of one class on the same node, and one has both",
    scene: {
      nodes: NODES,
      spec: extra("more"),
      classes: [BY_HAND],
      claims: [unbound(ASKED, free), unbound("more", free)],
      volumes: [
        volume("pv-a", { ...free, on: ["gpu-1"] }),
        volume("pv-b", { ...free, on: ["gpu-1"] }),
      ],
    },
    verdict: "pass",
    nodes: ["gpu-1"],
    findings: ["ClaimPending"],
  },
  {
    name: "serves from the claim of its Model, so the asked one decides nothing",
    scene: { nodes: NODES, source: "pvc://more/llama.gguf", ...both(first, second) },
    verdict: "warn",
    checks: { ClaimWillBeUsed: "warn" },
    nodes: ["gpu-2"],
    outcome: "runs",
  },
  {
    name: "serves from the claim of its Model, which is where it may not run",
    scene: {
      nodes: NODES,
      spec: { nodeSelector: { "kubernetes.io/hostname": "gpu-1" } },
      source: "pvc://more/llama.gguf",
      ...both(first, second),
    },
    verdict: "block",
    checks: { ClaimWillBeUsed: "warn", NodeFits: "block" },
    nodes: [],
    findings: ["ClaimNodeMismatch"],
  },
  {
    name: "has a runtime that mounts no cache and still needs a node",
    scene: {
      nodes: [node("cpu-1")],
      spec: { runtime: "tgi", resources: { gpu: 1 } },
      ...localClaim(["cpu-1"]),
    },
    verdict: "block",
    checks: { ClaimWillBeUsed: "warn", NodeFits: "block" },
    nodes: [],
  },
  {
    name: "goes without a claim, and the operator makes one of the default class",
    scene: {
      nodes: NODES,
      classes: [
        {
          ...made("makes"),
          metadata: {
            ...made("makes").metadata,
            annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
          },
        },
      ],
    },
    asks: null,
    verdict: "pass",
    nodes: ["gpu-1", "gpu-2"],
    notReal: "a default class would be there for all rows",
  },
  {
    name: "goes without a claim, and there is no class for the one that the operator makes",
    scene: { nodes: NODES },
    asks: null,
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    says: /claim "llmkube-model-cache" is not bound, and no free volume fits it/u,
    notReal: "the sandbox and the test cluster have classes of their own",
  },
];

/** Claims that never get a volume, and what pods mount beside the asked one or in its place. */
export const volumeRows: readonly Row[] = [...immediateRows, ...otherClaimRows];
