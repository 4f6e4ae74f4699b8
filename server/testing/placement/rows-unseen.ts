import { ONLY_SEEN, type Row } from "./row";
import { ASKED, byHand, localClaim, node, sharedClaim, unbound, volume } from "./scene";

const SHARED = sharedClaim();
const NODES = [node("gpu-1"), node("gpu-2")];

/** What may not be looked at is never a pass, and what rules a node out all the same is still a block. */
export const unseenRows: readonly Row[] = [
  {
    name: "may not be told of nodes",
    scene: { nodes: NODES, ...SHARED },
    hidden: ["nodes"],
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    says: /nodes may not be listed here/u,
    notReal: ONLY_SEEN,
  },
  {
    name: "may not be told of pods, so nobody knows what is free",
    scene: { nodes: NODES, ...SHARED },
    hidden: ["pods"],
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    says: /Could not check what is free on gpu-1 and gpu-2, where it may run otherwise: pods may not be listed here/u,
    notReal: ONLY_SEEN,
  },
  {
    name: "is told of some namespaces only, so nobody knows what is free",
    scene: { nodes: NODES, ...localClaim(["gpu-1"]) },
    someNamespaces: true,
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    says: /Could not check what is free on gpu-1, where it may run otherwise: pods are seen in some namespaces only/u,
    notReal: ONLY_SEEN,
  },
  {
    name: "is told of some namespaces only, and no node has the GPU anyway",
    scene: { nodes: NODES, spec: { resources: { gpu: 1 } }, ...SHARED },
    someNamespaces: true,
    verdict: "block",
    checks: { NodeFits: "block" },
    nodes: [],
    notReal: ONLY_SEEN,
  },
  {
    name: "may not be told of volumes, so nobody knows where its own is",
    scene: { nodes: NODES, ...localClaim(["gpu-1"]) },
    hidden: ["persistentvolumes"],
    verdict: "unknown",
    checks: { NodeFits: "unknown", AccessMode: "unknown" },
    nodes: null,
    says: /volumes may not be listed here/u,
    notReal: ONLY_SEEN,
  },
  {
    name: "may not be told of volumes, and waits for a free one",
    scene: {
      nodes: NODES,
      classes: [byHand("by-hand")],
      claims: [unbound(ASKED, { className: "by-hand" })],
      volumes: [volume("pv-a", { className: "by-hand", on: ["gpu-1"] })],
    },
    hidden: ["persistentvolumes"],
    verdict: "unknown",
    checks: { ClaimUsable: "unknown", NodeFits: "unknown", AccessMode: "unknown" },
    nodes: null,
    findings: ["ClaimPending"],
    notReal: ONLY_SEEN,
  },
  {
    name: "may not be told of claims",
    scene: { nodes: NODES, ...SHARED },
    hidden: ["persistentvolumeclaims"],
    verdict: "unknown",
    checks: {
      ClaimExists: "unknown",
      ClaimUsable: "unknown",
      NodeFits: "unknown",
      AccessMode: "unknown",
    },
    notReal: ONLY_SEEN,
  },
  {
    name: "has a runtime class, which may ask for more",
    scene: { nodes: NODES, spec: { runtimeClassName: "nvidia" }, ...SHARED },
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    says: /its runtime class "nvidia" may ask for more of a node/u,
    notReal: "runtime classes are not among the kinds that Mooring handles",
  },
  {
    name: "gets its devices through resource claims, which nobody here looks at",
    scene: {
      nodes: NODES,
      hardware: {
        gpu: { resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "one-gpu" }] },
      },
      ...SHARED,
    },
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    says: /resource claims/u,
    notReal: "the device classes would have to be made, and no driver is there",
  },
  {
    name: "goes by labels of namespaces, which are not among the facts",
    scene: {
      nodes: NODES,
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                labelSelector: { matchLabels: { app: "noisy" } },
                namespaceSelector: { matchLabels: { team: "a" } },
                topologyKey: "kubernetes.io/hostname",
              },
            ],
          },
        },
      },
      ...SHARED,
    },
    verdict: "unknown",
    checks: { NodeFits: "unknown" },
    nodes: null,
    notReal: ONLY_SEEN,
  },
  {
    name: "is served by a host agent, so no pod needs a node",
    scene: { nodes: [], hardware: { accelerator: "metal" }, ...SHARED },
    verdict: "warn",
    checks: { ClaimWillBeUsed: "warn" },
    notReal: "there is no pod",
  },
];
