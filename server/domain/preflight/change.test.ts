import { parse } from "yaml";
import { describe, expect, it } from "vitest";

import { impactSchema } from "@/server/contract/preflight";
import { aClaim, aDeployment, anInferenceService, aPod } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import type { ServiceFacts } from "../facts";
import { serviceFindings } from "../findings/find";
import { buildDiff } from "./diff";
import { equivalents } from "./equivalents";
import { buildImpact } from "./impact";
import { dryRunCheck, permissionCheck } from "./server-checks";
import { type ClaimChange, setClaim, withClaim } from "./with-claim";

const to = (claimName: string | null, persistence: ClaimChange["persistence"] = null) => ({
  claimName,
  persistence,
});

describe("withClaim", () => {
  it.each([
    ["sets", { claimName: "old" }, to("new"), { claimName: "new" }],
    [
      "keeps persistence",
      { persistence: "Cached" },
      to("new"),
      { persistence: "Cached", claimName: "new" },
    ],
    [
      "sets persistence",
      { persistence: "Ephemeral" },
      to("new", "Cached"),
      { persistence: "Cached", claimName: "new" },
    ],
    ["removes", { claimName: "old", persistence: "Cached" }, to(null), { persistence: "Cached" }],
    ["leaves nothing empty behind", { claimName: "old" }, to(null), undefined],
  ] as const)("%s", (_name, modelCache, change, expected) => {
    const service = { ...anInferenceService(), spec: { modelRef: "m", modelCache } };
    const before = structuredClone(service);

    expect(setClaim(service, change).spec.modelCache).toEqual(expected);
    expect(service).toEqual(before);
  });

  it("lets the same findings tell what would be wrong", () => {
    const facts = aServiceFacts({ claims: new Map([["missing", null]]) });

    expect(serviceFindings(facts)).toEqual([]);
    expect(serviceFindings(withClaim(facts, to("missing")))[0]?.code).toBe("ModelCachePVCNotFound");
  });
});

describe("buildDiff", () => {
  const service = anInferenceService();

  it.each([
    [
      "replace",
      to("b"),
      [{ op: "replace", path: "/spec/modelCache/claimName", from: "models-nvme-a", to: "b" }],
    ],
    [
      "remove",
      to(null),
      [{ op: "remove", path: "/spec/modelCache", from: { claimName: "models-nvme-a" } }],
    ],
    [
      "add",
      to("models-nvme-a", "Cached"),
      [{ op: "add", path: "/spec/modelCache/persistence", to: "Cached" }],
    ],
    ["nothing", to("models-nvme-a"), []],
  ])("tells a %s with both values", (_name, change, expected) => {
    expect(buildDiff(service, setClaim(service, change))).toEqual(expected);
  });
});

const impactOf = (change: ClaimChange, overrides: Partial<ServiceFacts> = {}) => {
  const facts = aServiceFacts(overrides);
  const impact = buildImpact(facts, withClaim(facts, change));
  expect(impactSchema.parse(impact)).toEqual(impact);
  return impact;
};
const GIB = 1024 ** 3;
const size = Math.round(4.6 * GIB);
const twinPod = aPod({
  metadata: { name: "twin-1", labels: { "inference.llmkube.dev/service": "twin" } },
});
const fresh = aClaimFacts({
  claim: aClaim({
    metadata: { name: "b" },
    spec: { volumeName: undefined },
    status: { phase: "Pending", capacity: undefined },
  }),
  volume: null,
});
const filled = aClaimFacts({
  claim: aClaim({ metadata: { name: "b" } }),
  pods: [twinPod],
});

describe("buildImpact", () => {
  it("tells a rolling change to a new claim", () => {
    expect(impactOf(to("b"), { claims: new Map([["b", fresh]]) })).toEqual({
      sentence:
        'Rewrites the claim and restarts 1 pod after its successor is ready. Downloads 4.6 GiB. 4.6 GiB stay on "models-nvme-a".',
      strategy: "RollingUpdate",
      interruptsService: false,
      bytesToDownload: size,
      alreadyHeld: false,
      bytesLeftBehind: size,
      fromClaim: "models-nvme-a",
      heldBecause: "The claim is new and empty.",
      fromClaimUsedBy: null,
      affected: [],
      revertedBy: null,
    });
  });

  it("tells a change to a claim that has the model", () => {
    expect(impactOf(to("b"), { claims: new Map([["b", filled]]) })).toMatchObject({
      alreadyHeld: true,
      bytesToDownload: 0,
      sentence: expect.stringContaining("the model is already on the claim") as string,
    });
  });

  it("tells the interruption of a service with GPUs", () => {
    const deployment = aDeployment({ spec: { strategy: { type: "Recreate" } } });
    const impact = impactOf(to("b"), { deployment, claims: new Map([["b", fresh]]) });

    expect(impact).toMatchObject({ strategy: "Recreate", interruptsService: true });
    expect(impact.sentence).toContain("at once, with an interruption");
  });

  it("does not guess what a claim holds", () => {
    const claims = new Map([["b", aClaimFacts({ claim: aClaim({ metadata: { name: "b" } }) })]]);

    expect(impactOf(to("b"), { claims })).toMatchObject({
      alreadyHeld: null,
      bytesToDownload: null,
      sentence: expect.stringContaining("unless the claim already holds the model") as string,
    });
  });

  it("says that nothing changes when the spec says so already", () => {
    expect(impactOf(to("models-nvme-a"))).toMatchObject({
      strategy: null,
      interruptsService: false,
      bytesLeftBehind: 0,
      sentence: "Changes nothing: the spec says so already.",
    });
  });

  it("says that a suspended service takes it up later", () => {
    const service = anInferenceService({ spec: { suspend: true } });

    expect(impactOf(to("b"), { service, pods: [], claims: new Map([["b", fresh]]) })).toMatchObject(
      { strategy: null, interruptsService: false },
    );
  });
});

describe("equivalents", () => {
  const key = { namespace: "ml", name: "llama" };

  it("writes the same change for kubectl, apply and kustomize", () => {
    const { kubectl, yaml, kustomize } = equivalents(key, to("b"));

    expect(kubectl).toContain(
      `kubectl -n ml patch inferenceservice llama --type merge \\\n  -p '{"spec":{"modelCache":{"claimName":"b"}}}'`,
    );
    expect(parse(yaml)).toEqual({
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "InferenceService",
      metadata: { name: "llama", namespace: "ml" },
      spec: { modelCache: { claimName: "b" } },
    });
    const { patches } = parse(kustomize) as { patches: { patch: string }[] };
    expect(parse(patches[0]?.patch ?? "")).toMatchObject({
      spec: { modelCache: { claimName: "b" } },
    });
  });

  it("removes by null in patches and by leaving out in what is applied", () => {
    const { kubectl, yaml, kustomize } = equivalents(key, to(null));

    expect(kubectl).toContain('{"claimName":null}');
    expect(parse(yaml)).toMatchObject({ spec: { modelCache: {} } });
    expect(kustomize).toContain("claimName: null");
  });
});

describe("the API server's checks", () => {
  it.each([
    [permissionCheck(true, "local"), "pass"],
    [permissionCheck(false, "eve"), "block"],
    [permissionCheck(null, "eve"), "unknown"],
    [dryRunCheck({ type: "accepted" }), "pass"],
    [dryRunCheck({ type: "conflict", managers: ["flux"] }), "block"],
    [dryRunCheck({ type: "refused", message: "claimName must not be set" }), "block"],
    [dryRunCheck({ type: "unavailable", message: "timeout" }), "unknown"],
  ])("%j is %s", (check, verdict) => {
    expect(check.verdict).toBe(verdict);
  });
});
