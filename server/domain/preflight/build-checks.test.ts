import { describe, expect, it } from "vitest";

import { type CheckCode, checkSchema } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts } from "../facts";
import {
  aClaim,
  aModel,
  anInferenceService,
  aNode,
  aPod,
  aStorageClass,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings, invisible } from "@/server/testing/facts";
import { preflightChecks } from "./build-checks";
import { foldVerdict } from "./verdict";

const TARGET = "target";
const detached = anInferenceService({ spec: { modelCache: undefined } });
const targetClaim = (spec: object = {}, rest: object = {}) =>
  aClaim({ metadata: { name: TARGET }, spec, ...rest });
const unbound = targetClaim(
  { volumeName: undefined },
  { status: { phase: "Pending", capacity: undefined } },
);

function check(
  code: CheckCode,
  target: Partial<ClaimFacts> | null | undefined,
  service: Partial<ServiceFacts> & { readonly persistence?: "Cached" } = {},
) {
  const { persistence = null, ...overrides } = service;
  const surroundings = overrides.surroundings ?? aSurroundings();
  const claims = new Map<string, ClaimFacts | null>();
  if (target !== undefined) {
    claims.set(
      TARGET,
      target === null ? null : aClaimFacts({ claim: targetClaim(), surroundings, ...target }),
    );
  }
  const facts = aServiceFacts({ service: detached, pods: [], claims, ...overrides });
  const checks = preflightChecks(facts, { claimName: TARGET, persistence });
  for (const each of checks) expect(checkSchema.parse(each)).toEqual(each);
  return checks.find((each) => each.code === code);
}

type Row = readonly [
  string,
  Partial<ClaimFacts> | null | undefined,
  Partial<ServiceFacts>,
  string,
  RegExp,
];

describe("ClaimExists", () => {
  it.each<Row>([
    ["a claim that is there", {}, {}, "pass", /"target" exists, 100.0 GiB, bound/u],
    ["a missing claim", null, {}, "block", /does not exist in namespace ml/u],
    [
      "a claim that may not be seen",
      undefined,
      { surroundings: invisible("persistentvolumeclaims") },
      "unknown",
      /may not be listed/u,
    ],
  ])("of %s", (_name, target, service, verdict, wording) => {
    const result = check("ClaimExists", target, service);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });

  it("blocks a name that no claim can have", () => {
    const [first] = preflightChecks(aServiceFacts(), { claimName: "a/b", persistence: null });

    expect(first).toMatchObject({ code: "ClaimExists", verdict: "block" });
  });
});

describe("ClaimUsable", () => {
  it.each<Row>([
    ["a bound claim", {}, {}, "pass", /can be written/u],
    [
      "a claim being deleted",
      {
        claim: targetClaim(
          {},
          { metadata: { name: TARGET, deletionTimestamp: "2026-03-01T11:00:00Z" } },
        ),
      },
      {},
      "block",
      /being deleted/u,
    ],
    [
      "a lost claim",
      { claim: targetClaim({}, { status: { phase: "Lost" } }) },
      {},
      "block",
      /lost/u,
    ],
    ["a block volume", { claim: targetClaim({ volumeMode: "Block" }) }, {}, "block", /raw block/u],
    [
      "a read-only claim",
      { claim: targetClaim({ accessModes: ["ReadOnlyMany"] }) },
      {},
      "block",
      /only be read/u,
    ],
    ["a claim that binds on first use", { claim: unbound, volume: null }, {}, "pass", /first pod/u],
    [
      "a claim whose class is gone",
      { claim: unbound, volume: null, storageClass: null },
      {},
      "block",
      /does not exist/u,
    ],
    [
      "a claim that waits long",
      {
        claim: unbound,
        volume: null,
        storageClass: aStorageClass({ volumeBindingMode: "Immediate" }),
      },
      {},
      "warn",
      /has not made one yet/u,
    ],
    [
      "a volume that was never provisioned",
      {
        volume: aVolume({
          spec: {
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      { key: "kubernetes.io/hostname", operator: "In", values: [""] },
                    ],
                  },
                ],
              },
            },
          },
        }),
      },
      {},
      "block",
      /no node/u,
    ],
    [
      "a claim made for another service",
      {
        claim: targetClaim(
          {},
          {
            metadata: {
              name: TARGET,
              ownerReferences: [
                {
                  apiVersion: "v1",
                  kind: "InferenceService",
                  name: "twin",
                  uid: "u",
                  controller: true,
                },
              ],
            },
          },
        ),
      },
      {},
      "warn",
      /made for service "twin" and is deleted together with it/u,
    ],
    ["a missing claim", null, {}, "unknown", /Could not check/u],
  ])("of %s", (_name, target, service, verdict, wording) => {
    const result = check("ClaimUsable", target, service);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });
});

const ephemeral = anInferenceService({
  spec: { modelCache: { claimName: undefined, persistence: "Ephemeral" } },
});

describe("ClaimWillBeUsed", () => {
  it.each<Row>([
    ["a cached model", {}, {}, "pass", /kept on "target"/u],
    [
      "a pre-staged model",
      {},
      { model: aModel({ spec: { source: "pvc://weights/a.gguf" } }) },
      "warn",
      /is not used/u,
    ],
    ["an ephemeral service", {}, { service: ephemeral }, "block", /set persistence to Cached/u],
    ["a missing Model", {}, { model: null }, "unknown", /does not exist/u],
    [
      "a Model that has no key yet",
      {},
      { model: aModel({ status: { cacheKey: undefined, phase: "Pending" } }) },
      "unknown",
      /Could not tell yet/u,
    ],
  ])("of %s", (_name, target, service, verdict, wording) => {
    const result = check("ClaimWillBeUsed", target, service);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });

  it("passes when the change turns caching on as well", () => {
    const result = check("ClaimWillBeUsed", {}, {
      service: ephemeral,
      persistence: "Cached",
    } as never);

    expect(result?.verdict).toBe("pass");
  });
});

const plainNode = aNode({
  metadata: { name: "node-4" },
  status: { allocatable: { cpu: "8", memory: "16Gi", "nvidia.com/gpu": undefined } },
});
const twoNodes = aSurroundings({ nodes: [aNode(), aNode({ metadata: { name: "gpu-2" } })] });
const anywhere = aVolume({ spec: { nodeAffinity: undefined } });
const gpuService = anInferenceService({ spec: { modelCache: undefined, resources: { gpu: 1 } } });

describe("NodeFits", () => {
  it.each<Row>([
    ["a volume on a fitting node", {}, {}, "pass", /Runs on gpu-1, the node of the volume/u],
    [
      "a volume that can be reached from everywhere",
      { volume: anywhere },
      { surroundings: twoNodes },
      "pass",
      /Can run on gpu-1 and gpu-2/u,
    ],
    [
      "a volume on a node without a GPU",
      {
        volume: aVolume({
          spec: {
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  {
                    matchExpressions: [
                      { key: "kubernetes.io/hostname", operator: "In", values: ["node-4"] },
                    ],
                  },
                ],
              },
            },
          },
        }),
      },
      { service: gpuService, surroundings: aSurroundings({ nodes: [aNode(), plainNode] }) },
      "block",
      /The volume is on node-4, where the service cannot run: node-4 has no nvidia.com\/gpu/u,
    ],
    [
      "a class that makes volumes elsewhere",
      {
        claim: unbound,
        volume: null,
        storageClass: aStorageClass({
          allowedTopologies: [{ matchLabelExpressions: [{ key: "zone", values: ["b"] }] }],
        }),
      },
      {},
      "block",
      /outside of where storage class/u,
    ],
    [
      "a volume on a node that is gone",
      {},
      { surroundings: aSurroundings({ nodes: [aNode({ metadata: { name: "gpu-2" } })] }) },
      "block",
      /on a node that no longer exists/u,
    ],
    [
      "nodes that may not be seen",
      {},
      { surroundings: aSurroundings({ nodes: [], invisible: new Set(["nodes"] as const) }) },
      "unknown",
      /nodes may not be listed/u,
    ],
    ["a volume that may not be seen", { volume: null }, {}, "unknown", /volume is not known/u],
  ])("of %s", (_name, target, service, verdict, wording) => {
    const result = check("NodeFits", target, service);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });
});

const mode = (accessMode: string) => targetClaim({ accessModes: [accessMode] });
const replicas = (count: number, spec: object = {}) =>
  anInferenceService({ spec: { modelCache: undefined, replicas: count, ...spec } });
const other = aPod({ metadata: { name: "other-1" }, spec: { nodeName: "node-3" } });

describe("AccessMode", () => {
  it.each<Row>([
    ["ReadWriteMany", { claim: mode("ReadWriteMany") }, {}, "pass", /Several nodes/u],
    ["ReadWriteOnce on one node", {}, {}, "pass", /every pod lands on gpu-1/u],
    [
      "ReadWriteOnce with replicas on one node",
      {},
      { service: replicas(2) },
      "warn",
      /all 2 replicas must share gpu-1/u,
    ],
    [
      "ReadWriteOnce with an autoscaler",
      {},
      { service: replicas(1, { autoscaling: { maxReplicas: 4 } }) },
      "warn",
      /all 4 replicas/u,
    ],
    [
      "ReadWriteOnce with replicas on several nodes",
      { volume: anywhere },
      { service: replicas(2), surroundings: twoNodes },
      "warn",
      /may land on several/u,
    ],
    [
      "ReadWriteOnce with rolling updates over several nodes",
      { volume: anywhere },
      { surroundings: twoNodes },
      "warn",
      /rolling update/u,
    ],
    [
      "ReadWriteOnce with GPUs, which are never two at a time",
      { volume: anywhere },
      { surroundings: twoNodes, service: gpuService },
      "pass",
      /one pod at a time/u,
    ],
    [
      "ReadWriteOnce in use where the service cannot run",
      { pods: [other] },
      {},
      "block",
      /in use on node-3 by other-1, where this service cannot run/u,
    ],
    [
      "ReadWriteOnce in use on one of several nodes",
      {
        volume: anywhere,
        pods: [aPod({ metadata: { name: "other-1" }, spec: { nodeName: "gpu-2" } })],
      },
      { surroundings: twoNodes },
      "warn",
      /land elsewhere cannot mount it/u,
    ],
    [
      "ReadWriteOncePod for one pod",
      { claim: mode("ReadWriteOncePod") },
      { service: gpuService },
      "pass",
      /one at a time/u,
    ],
    [
      "ReadWriteOncePod with rolling updates",
      { claim: mode("ReadWriteOncePod") },
      {},
      "warn",
      /rolling update/u,
    ],
    [
      "ReadWriteOncePod with replicas",
      { claim: mode("ReadWriteOncePod") },
      { service: replicas(2) },
      "block",
      /wants up to 2/u,
    ],
    [
      "ReadWriteOncePod in use by a pod of the same priority",
      {
        claim: mode("ReadWriteOncePod"),
        pods: [
          aPod({ metadata: { name: "other-1" }, spec: { nodeName: "node-3", priority: 10_000 } }),
        ],
      },
      {},
      "block",
      /other-1 already does/u,
    ],
    [
      "ReadWriteOncePod in use by a pod that would have to make way",
      { claim: mode("ReadWriteOncePod"), pods: [other] },
      {},
      "warn",
      /Kubernetes would end it/u,
    ],
    [
      "ReadWriteOncePod named by a pod that has no node",
      {
        claim: mode("ReadWriteOncePod"),
        pods: [aPod({ metadata: { name: "other-1" }, spec: { nodeName: undefined } })],
      },
      { service: gpuService },
      "pass",
      /one at a time/u,
    ],
  ])("of %s", (_name, target, service, verdict, wording) => {
    const result = check("AccessMode", target, service);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });
});

const sameModel = {
  pods: [
    aPod({ metadata: { name: "twin-1", labels: { "inference.llmkube.dev/service": "twin" } } }),
  ],
};

describe("Space", () => {
  it.each<Row>([
    ["a claim that nobody has measured", {}, {}, "unknown", /Nothing has measured how full it is/u],
    ["a claim that already has the model", sameModel, {}, "pass", /holds this model already/u],
    ["a new claim", { claim: unbound, volume: null }, {}, "pass", /new and empty/u],
    [
      "a claim smaller than the model",
      {
        claim: targetClaim({}, { status: { capacity: { storage: "4Gi" } } }),
        volume: aVolume({ spec: { local: undefined, csi: { driver: "d", volumeHandle: "h" } } }),
      },
      {},
      "block",
      /too small: Model llama-3-8b needs 4.6 GiB, the claim has 4.0 GiB/u,
    ],
    [
      "a smaller claim that nothing holds to its size",
      { claim: targetClaim({}, { status: { capacity: { storage: "4Gi" } } }) },
      {},
      "warn",
      /Nothing holds it to that size: it fills the disk of node gpu-1/u,
    ],
    [
      "a model of unknown size",
      {},
      { model: aModel({ status: { size: "0" } }) },
      "unknown",
      /size of the model is not known/u,
    ],
  ])("of %s", (_name, target, service, verdict, wording) => {
    const result = check("Space", target, service);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });
});

const ownedBy = (...managers: readonly string[]) =>
  anInferenceService({
    metadata: {
      managedFields: managers.map((manager) => ({
        manager,
        operation: "Apply",
        fieldsV1: { "f:spec": { "f:modelCache": { "f:claimName": {} } } },
      })),
    },
  });
const ownership = (managers: readonly string[], change: object = {}) =>
  preflightChecks(aServiceFacts({ service: ownedBy(...managers) }), {
    claimName: TARGET,
    persistence: null,
    ...change,
  }).find(({ code }) => code === "Ownership");

describe("Ownership", () => {
  it.each([
    ["nobody", [], {}, "pass", /Nobody owns/u],
    ["Mooring", ["mooring"], {}, "pass", /Mooring owns/u],
    ["a person", ["kubectl"], {}, "warn", /refuses the change unless you take ownership/u],
    ["a person, taken over", ["kubectl"], { takeOwnership: true }, "warn", /ownership is taken/u],
    [
      "a person, at a removal",
      ["kubectl"],
      { claimName: null },
      "warn",
      /remove it with that tool/u,
    ],
    [
      "a person, to the same value",
      ["kubectl"],
      { claimName: "models-nvme-a" },
      "pass",
      /same value/u,
    ],
    [
      "a GitOps tool",
      ["kustomize-controller"],
      { takeOwnership: true },
      "warn",
      /your repository will set it back/u,
    ],
  ])("of %s", (_name, managers, change, verdict, wording) => {
    const result = ownership(managers, change);
    expect(result?.verdict).toBe(verdict);
    expect(result?.message).toMatch(wording);
  });
});

describe("preflightChecks", () => {
  const ORDER = [
    "ClaimExists",
    "ClaimUsable",
    "ClaimWillBeUsed",
    "NodeFits",
    "AccessMode",
    "Space",
    "SharedUse",
    "Quota",
    "LimitRange",
    "PodSecurity",
    "Ownership",
  ];

  it.each([["models-nvme-a"], ["missing"], [null]])(
    "always has the same checks in the same order, also for %s",
    (claimName) => {
      const checks = preflightChecks(aServiceFacts(), { claimName, persistence: null });

      expect(checks.map(({ code }) => code)).toEqual(ORDER);
    },
  );

  it("judges a removal by the operator's own cache", () => {
    const claims = new Map([["llmkube-model-cache", null]]);
    const [exists] = preflightChecks(aServiceFacts({ claims }), {
      claimName: null,
      persistence: null,
    });

    expect(exists?.message).toBe(
      'The operator\'s cache "llmkube-model-cache" will be used, which the operator will create with 100Gi, of the default class.',
    );
  });

  it.each([
    [["pass", "unknown"], "unknown"],
    [["warn", "unknown"], "warn"],
    [["pass", "block", "warn"], "block"],
    [["pass"], "pass"],
    [[], "pass"],
  ] as const)("folds %j to %s", (verdicts, folded) => {
    expect(foldVerdict(verdicts.map((verdict) => ({ verdict })))).toBe(folded);
  });
});
