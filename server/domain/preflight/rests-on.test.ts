import { describe, expect, it } from "vitest";

import type { CheckCode } from "@/server/contract/preflight";
import { kindOfPlural } from "@/server/ports";
import {
  aClaim,
  aDeployment,
  anInferenceService,
  aNode,
  aStorageClass,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import type { ServiceFacts } from "../facts";
import type { Claim, Plural } from "../objects";
import { preflightChecks } from "./build-checks";

const KINDS = Object.keys(kindOfPlural) as readonly Plural[];

const unbound = aClaim({
  metadata: { name: "target" },
  spec: { volumeName: undefined },
  status: { phase: "Pending", capacity: undefined },
});
const shared = aClaim({
  metadata: { name: "target" },
  spec: { accessModes: ["ReadWriteMany"] },
});

/** The facts as they are gathered while the kind may not be listed: nothing of it is there. */
function factsWithout(hidden: Plural | null, claim: Claim): ServiceFacts {
  const keep = <T>(kind: Plural, value: T, absent: T): T => (hidden === kind ? absent : value);
  const surroundings = aSurroundings({
    invisible: new Set(hidden === null ? [] : [hidden]),
    nodes: keep("nodes", [aNode()], []),
    storageClasses: keep("storageclasses", [aStorageClass()], []),
  });
  const facts = aServiceFacts({
    surroundings,
    service: anInferenceService({ spec: { modelCache: undefined } }),
    pods: [],
    deployment: keep("deployments", aDeployment(), null),
  });
  const target = aClaimFacts({
    claim,
    surroundings,
    volume: claim === unbound ? null : keep("persistentvolumes", aClaimFacts().volume, null),
    storageClass: keep("storageclasses", aStorageClass(), null),
  });
  return {
    ...facts,
    model: keep("models", facts.model, null),
    claims: new Map([["target", keep("persistentvolumeclaims", target, null)]]),
    policy: { ...facts.policy, namespace: keep("namespaces", facts.policy.namespace, null) },
  };
}

function passing(hidden: Plural | null, claim: Claim, claimName: string | null): CheckCode[] {
  return preflightChecks(factsWithout(hidden, claim), { claimName, persistence: null })
    .filter(({ verdict }) => verdict === "pass")
    .map(({ code }) => code);
}

/** Which checks pass only with a look at the kind. */
const RESTING: Readonly<Record<Plural, readonly CheckCode[]>> = {
  inferenceservices: ["SharedUse"],
  models: [
    "ClaimExists",
    "ClaimWillBeUsed",
    "NodeFits",
    "AccessMode",
    "Space",
    "SharedUse",
    "Quota",
    "LimitRange",
    "PodSecurity",
  ],
  persistentvolumeclaims: [
    "ClaimExists",
    "ClaimUsable",
    "NodeFits",
    "AccessMode",
    "Space",
    "SharedUse",
    "Quota",
    "LimitRange",
  ],
  persistentvolumes: ["ClaimUsable", "AccessMode"],
  storageclasses: ["ClaimUsable", "NodeFits"],
  nodes: ["NodeFits", "AccessMode"],
  pods: ["ClaimUsable", "AccessMode", "SharedUse", "Quota"],
  deployments: ["SharedUse", "Quota", "LimitRange", "PodSecurity"],
  jobs: [],
  events: ["ClaimUsable"],
  namespaces: ["PodSecurity"],
  resourcequotas: ["Quota"],
  limitranges: ["Quota", "LimitRange"],
};
const BOUND: Partial<Record<Plural, readonly CheckCode[]>> = {
  persistentvolumes: ["NodeFits", "AccessMode"],
  storageclasses: [],
  pods: ["AccessMode", "SharedUse", "Quota"],
  events: [],
};

describe("a check that rests on a kind which may not be listed", () => {
  it("passes in full sight, or these tests would hold nothing", () => {
    const all = Object.values(RESTING).flat();

    expect(passing(null, unbound, "target")).toEqual(expect.arrayContaining([...new Set(all)]));
  });

  it.each(KINDS)("does not pass without %s, for a claim yet to be bound", (kind) => {
    const pass = passing(kind, unbound, "target");

    expect(pass.filter((code) => RESTING[kind].includes(code))).toEqual([]);
  });

  it.each(KINDS)("does not pass without %s, for a bound claim", (kind) => {
    const claim = aClaim({ metadata: { name: "target" } });
    const pass = passing(kind, claim, "target");

    expect(pass.filter((code) => (BOUND[kind] ?? RESTING[kind]).includes(code))).toEqual([]);
  });

  it.each(KINDS)("does not pass without %s, when the operator's own claim is asked for", (kind) => {
    const facts = factsWithout(kind, unbound);
    const claims = new Map(
      kind === "persistentvolumeclaims" ? [] : [["llmkube-model-cache", null]],
    );
    const checks = preflightChecks({ ...facts, claims }, { claimName: null, persistence: null });
    const pass = checks.filter(({ verdict }) => verdict === "pass").map(({ code }) => code);
    const resting: readonly CheckCode[] = ["Quota", "LimitRange", "PodSecurity", "NodeFits"];

    expect(pass.filter((code) => resting.includes(code) && RESTING[kind].includes(code))).toEqual(
      [],
    );
  });

  it("passes without what it does not rest on", () => {
    expect(passing("nodes", shared, "target")).toContain("AccessMode");
    expect(passing("storageclasses", aClaim({ metadata: { name: "target" } }), "target")).toContain(
      "NodeFits",
    );
    expect(passing("jobs", unbound, "target")).toEqual(passing(null, unbound, "target"));
  });

  it("says what may not be listed", () => {
    const [exists] = preflightChecks(factsWithout("persistentvolumeclaims", unbound), {
      claimName: "target",
      persistence: null,
    });

    expect(exists).toMatchObject({
      verdict: "unknown",
      message: expect.stringMatching(/claims may not be listed here/u) as string,
    });
  });
});
