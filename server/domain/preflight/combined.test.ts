import { describe, expect, it } from "vitest";

import {
  aClaim,
  aDeployment,
  aModel,
  anInferenceService,
  aNode,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import type { ClaimFacts, ServiceFacts, Surroundings } from "../facts";
import type { ResourceQuota } from "../objects";
import { combinedChecks } from "./combined";
import { withClaim } from "./with-claim";

type Member = Partial<Pick<ServiceFacts, "service" | "model" | "pods" | "deployment">>;

const aQuota = (hard: Readonly<Record<string, string>>, used: Readonly<Record<string, string>>) =>
  ({
    metadata: aClaim({ metadata: { name: "team" } }).metadata,
    spec: { hard },
    status: { hard, used },
  }) satisfies ResourceQuota;

const NODES = [aNode(), aNode({ metadata: { name: "gpu-2" } })];
const on = (name: string, node: string) =>
  anInferenceService({
    metadata: { name },
    spec: { nodeSelector: { "kubernetes.io/hostname": node } },
  });
const unbound = (modes: readonly string[], size = "100Gi") =>
  aClaim({
    spec: {
      accessModes: [...modes],
      volumeName: undefined,
      resources: { requests: { storage: size } },
    },
    status: { phase: "Pending", capacity: undefined },
  });
const other = aModel({ spec: { source: "https://models.example.com/other.gguf" } });

type Scene = {
  claim?: Partial<ClaimFacts>;
  around?: Partial<Surroundings>;
  quotas?: readonly ResourceQuota[];
};

function answer(
  code: string,
  members: readonly Member[],
  { claim = {}, around = {}, quotas }: Scene = {},
) {
  const surroundings = aSurroundings({ nodes: NODES, ...around });
  const target = aClaimFacts({ surroundings, volume: null, ...claim });
  const all = members.map((member) => {
    const facts = aServiceFacts({
      pods: [],
      deployment: null,
      surroundings,
      claims: new Map([["c", target]]),
      ...(quotas === undefined ? {} : { policy: { ...aServiceFacts().policy, quotas } }),
      ...member,
    });
    return { before: facts, after: withClaim(facts, { claimName: "c", persistence: null }) };
  });
  return combinedChecks(all, "c").find((check) => check.code === code);
}

describe("combinedChecks", () => {
  it.each<[string, readonly string[], readonly Member[], string, RegExp]>([
    [
      "services that share a node",
      ["ReadWriteOnce"],
      [{ service: on("a", "gpu-1") }, { service: on("b", "gpu-1") }],
      "pass",
      /every pod lands on gpu-1/u,
    ],
    [
      "services without a node in common",
      ["ReadWriteOnce"],
      [{ service: on("a", "gpu-1") }, { service: on("b", "gpu-2") }],
      "block",
      /no node on which all of the services can run/u,
    ],
    [
      "services that may land apart",
      ["ReadWriteOnce"],
      [{ service: on("a", "gpu-1") }, { service: anInferenceService() }],
      "warn",
      /all of them can run on gpu-1, but pods may land on gpu-1 and gpu-2/u,
    ],
    [
      "services without a node in common on shared storage",
      ["ReadWriteMany"],
      [{ service: on("a", "gpu-1") }, { service: on("b", "gpu-2") }],
      "pass",
      /Several nodes/u,
    ],
    [
      "two services on a claim for one pod",
      ["ReadWriteOncePod"],
      [{ service: on("a", "gpu-1") }, { service: on("b", "gpu-1") }],
      "block",
      /2 services would run from it/u,
    ],
    [
      "two services of which one is suspended",
      ["ReadWriteOncePod"],
      [
        { service: on("a", "gpu-1") },
        { service: anInferenceService({ metadata: { name: "b" }, spec: { suspend: true } }) },
      ],
      "pass",
      /No more than one/u,
    ],
  ])("judges the access mode of %s", (_name, modes, members, verdict, wording) => {
    const check = answer("AccessMode", members, { claim: { claim: unbound(modes) } });

    expect(check?.verdict).toBe(verdict);
    expect(check?.message).toMatch(wording);
  });

  it.each<[string, readonly Member[], Partial<ClaimFacts>, string, RegExp]>([
    ["two models that fit", [{}, { model: other }], {}, "pass", /2 models together need 9.2 GiB/u],
    ["one model twice, counted once", [{}, {}], { claim: unbound([], "5Gi") }, "pass", /1 model/u],
    [
      "two models of which each would fit alone",
      [{}, { model: other }],
      { claim: unbound([], "6Gi") },
      "warn",
      /too small, unless its volume is larger/u,
    ],
    [
      "two models, on a volume that is held to its size",
      [{}, { model: other }],
      {
        claim: aClaim({ status: { capacity: { storage: "6Gi" } } }),
        volume: aVolume({ spec: { local: undefined, csi: { driver: "d", volumeHandle: "h" } } }),
      },
      "block",
      /too small: 2 models/u,
    ],
    ["a claim in use", [{}, { model: other }], { claim: aClaim() }, "unknown", /measured/u],
    [
      "a model of unknown size",
      [{}, { model: aModel({ status: { size: "0" } }) }],
      {},
      "unknown",
      /not known/u,
    ],
  ])("judges the space for %s", (_name, members, claim, verdict, wording) => {
    const check = answer("Space", members, { claim: { claim: unbound([]), ...claim } });

    expect(check?.verdict).toBe(verdict);
    expect(check?.message).toMatch(wording);
  });

  it.each<[string, readonly Member[], boolean, string]>([
    ["one model, with LLMKube", [{}, {}], false, "warn"],
    ["one model, with Mooring's own operator", [{}, {}], true, "pass"],
    ["two models", [{}, { model: other }], false, "pass"],
  ])("judges downloads at once of %s", (_name, members, builtinOperator, verdict) => {
    expect(answer("SharedUse", members, { around: { builtinOperator } })?.verdict).toBe(verdict);
  });

  it.each<[string, string, string, Partial<Surroundings>, string]>([
    ["with room for both", "4", "2", {}, "pass"],
    ["with room for one", "4", "3", {}, "block"],
    [
      "that may not be listed",
      "4",
      "2",
      { invisible: new Set(["resourcequotas"] as const) },
      "unknown",
    ],
  ])("judges a quota %s", (_name, hard, used, around, verdict) => {
    const quotas = [aQuota({ pods: hard }, { pods: used })];

    expect(answer("Quota", [{}, {}], { around, quotas })?.verdict).toBe(verdict);
  });

  it("warns of a quota that lets services roll one after the other only", () => {
    const running: Member = { pods: [aPod()], deployment: aDeployment() };
    const quotas = [aQuota({ pods: "3" }, { pods: "2" })];

    expect(answer("Quota", [running, running], { quotas })?.verdict).toBe("warn");
  });

  it("passes nothing while nodes may not be listed, or the claim is not there", () => {
    const around = { invisible: new Set(["nodes"] as const) };
    const claim = { claim: unbound(["ReadWriteOnce"]) };

    expect(answer("AccessMode", [{}, {}], { claim, around })?.verdict).toBe("unknown");
    const facts = aServiceFacts();
    const checks = combinedChecks([{ before: facts, after: facts }], "gone");
    expect(checks.map(({ code, verdict }) => [code, verdict])).toEqual([
      ["AccessMode", "unknown"],
      ["Space", "unknown"],
      ["SharedUse", "unknown"],
      ["Quota", "pass"],
    ]);
  });
});
