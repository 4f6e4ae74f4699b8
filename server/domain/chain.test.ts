import { describe, expect, it } from "vitest";

import { chainLinkSchema } from "@/server/contract/service-view";
import {
  aClaim,
  aDeployment,
  aModel,
  anInferenceService,
  aNode,
  aPod,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings, invisible } from "@/server/testing/facts";
import { buildChain } from "./chain";
import type { ServiceFacts } from "./facts";
import { serviceFindings } from "./findings/find";

const chainOf = (overrides: Partial<ServiceFacts> = {}) => {
  const facts = aServiceFacts(overrides);
  const chain = buildChain(facts, serviceFindings(facts));
  for (const link of chain) expect(chainLinkSchema.parse(link)).toEqual(link);
  return chain;
};
const [MODEL, SERVICE, DEPLOYMENT, POD, CLAIM, VOLUME, NODE] = [0, 1, 2, 3, 4, 5, 6];
const unbound = aClaimFacts({
  claim: aClaim({
    spec: { volumeName: undefined },
    status: { phase: "Pending", capacity: undefined },
  }),
  volume: null,
});
const nodes = [aNode({ spec: { unschedulable: true } }), aNode({ metadata: { name: "gpu-2" } })];

describe("buildChain", () => {
  it.each<[string, Partial<ServiceFacts>, number, object]>([
    ["the Model's size and phase", {}, MODEL, { title: "llama-3-8b", subtitle: "4.6 GiB · Ready" }],
    [
      "a size nobody knows",
      { model: aModel({ status: { size: "0" } }) },
      MODEL,
      { subtitle: "size unknown · Ready" },
    ],
    [
      "a Model that is not there",
      { model: null },
      MODEL,
      { name: null, subtitle: "does not exist", health: "error" },
    ],
    [
      "Models that may not be seen",
      { model: null, surroundings: invisible("models") },
      MODEL,
      { subtitle: "not visible", health: "unknown" },
    ],
    [
      "a suspended service",
      { service: anInferenceService({ spec: { suspend: true } }), pods: [] },
      SERVICE,
      { title: "Suspended" },
    ],
    [
      "the claim rolled out",
      {},
      DEPLOYMENT,
      { title: "models-nvme-a", subtitle: "rolled out", health: "ok" },
    ],
    [
      "a rollout under way",
      { deployment: aDeployment({ status: { observedGeneration: 0 } }) },
      DEPLOYMENT,
      { subtitle: "rolling out", health: "waiting" },
    ],
    [
      "no Deployment yet",
      { deployment: null, pods: [] },
      DEPLOYMENT,
      { name: null, health: "absent" },
    ],
    ["the pods", {}, POD, { title: "1 of 1 ready", subtitle: "on models-nvme-a", health: "ok" }],
    [
      "pods that may not be seen",
      { surroundings: invisible("pods") },
      POD,
      { title: "unknown", health: "unknown" },
    ],
    [
      "no pod where none is wanted",
      { service: anInferenceService({ spec: { replicas: 0 } }), pods: [] },
      POD,
      { title: "none wanted", health: "absent" },
    ],
    ["a claim", {}, CLAIM, { subtitle: "100.0 GiB · Bound", health: "ok" }],
    [
      "a claim that may not be seen",
      { claims: new Map(), surroundings: invisible("persistentvolumeclaims") },
      CLAIM,
      { title: "models-nvme-a", subtitle: "not visible", health: "unknown" },
    ],
    [
      "scratch space",
      {
        service: anInferenceService({
          spec: { modelCache: { claimName: undefined, persistence: "Ephemeral" } },
        }),
      },
      CLAIM,
      { name: null, title: "scratch space" },
    ],
    [
      "a claim that is required although nothing mounts it",
      {
        service: anInferenceService({ spec: { skipModelInit: true } }),
        claims: new Map([["models-nvme-a", null]]),
      },
      CLAIM,
      { title: "models-nvme-a", subtitle: "does not exist" },
    ],
    [
      "a claim without a volume",
      { claims: new Map([["models-nvme-a", unbound]]) },
      VOLUME,
      { name: null, title: "not bound", health: "absent" },
    ],
    ["the volume", {}, VOLUME, { title: "pv-models-nvme-a", subtitle: "Local · Retain" }],
    [
      "a volume that is gone",
      { claims: new Map([["models-nvme-a", aClaimFacts({ volume: null })]]) },
      VOLUME,
      { subtitle: "does not exist", health: "error" },
    ],
    ["the node of the pods", {}, NODE, { name: "gpu-1", subtitle: "Ready", health: "ok" }],
    [
      "a node that is down",
      { surroundings: aSurroundings({ nodes: [] }) },
      NODE,
      { subtitle: "not Ready", health: "error" },
    ],
    [
      "where the volume is, without pods",
      { pods: [] },
      NODE,
      { title: "gpu-1", subtitle: "where the volume is" },
    ],
    [
      "no node at all",
      { pods: [], claims: new Map([["models-nvme-a", unbound]]) },
      NODE,
      { name: null, health: "absent" },
    ],
  ])("shows %s", (_name, overrides, index, expected) => {
    expect(chainOf(overrides)[index]).toMatchObject(expected);
  });

  it.each<[string, Partial<ServiceFacts>, number, string]>([
    ["ModelNotReady", { model: aModel({ status: { phase: "Failed" } }) }, SERVICE, "error"],
    [
      "ClaimDrift before the rollout",
      {
        deployment: aDeployment({ spec: { template: { spec: { volumes: [] } } } }),
      },
      DEPLOYMENT,
      "warning",
    ],
    [
      "ClaimDrift after the rollout",
      {
        pods: [aPod({ spec: { volumes: [] } })],
      },
      POD,
      "warning",
    ],
    [
      "ModelCachePVCNotFound",
      { claims: new Map([["models-nvme-a", null]]), pods: [] },
      CLAIM,
      "error",
    ],
    [
      "ClaimPending",
      { claims: new Map([["models-nvme-a", unbound]]), pods: [] },
      VOLUME,
      "waiting",
    ],
    ["ClaimNodeMismatch", { pods: [], surroundings: aSurroundings({ nodes }) }, NODE, "error"],
  ])(
    "puts %s on the edge where it belongs, and nowhere else",
    (_code, overrides, index, health) => {
      const chain = chainOf(overrides);

      expect(chain[index]?.edge).toMatchObject({ health });
      expect(chain[index]?.edge.sentence).toMatch(/[^.]$/u);
      expect(chain.filter(({ edge }) => edge.sentence !== null)).toHaveLength(1);
    },
  );
});
