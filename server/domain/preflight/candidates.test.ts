import { describe, expect, it } from "vitest";

import { claimCandidateSchema } from "@/server/contract/preflight";
import { aClaim, anInferenceService, aPod, aVolume } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import type { Overrides } from "@/server/testing/overrides";
import type { ClaimFacts } from "../facts";
import type { Claim } from "../objects";
import { preflightChecks } from "./build-checks";
import { buildCandidates } from "./candidates";

const to = (claimName: string) => ({ claimName, persistence: null });

describe("buildCandidates", () => {
  const idle = () =>
    aServiceFacts({
      service: anInferenceService({ spec: { modelCache: undefined } }),
      pods: [],
    });
  const named = (name: string, facts: Partial<ClaimFacts> = {}, claim: Overrides<Claim> = {}) =>
    aClaimFacts({ ...facts, claim: aClaim({ ...claim, metadata: { name } }) });
  const network = aVolume({ spec: { local: undefined, csi: { driver: "d", volumeHandle: "h" } } });
  const ranked = (...claims: ClaimFacts[]) => {
    const candidates = buildCandidates(idle(), claims);
    for (const each of candidates) expect(claimCandidateSchema.parse(each)).toEqual(each);
    return candidates.map(({ claim, verdict }) => [claim.name, verdict]);
  };

  it("puts what works before what may work before what cannot", () => {
    expect(
      ranked(
        named("lost", {}, { status: { phase: "Lost" } }),
        named("unmeasured"),
        named("held", { pods: [aPod({ metadata: { labels: {} } })] }),
      ),
    ).toEqual([
      ["held", "pass"],
      ["unmeasured", "unknown"],
      ["lost", "block"],
    ]);
  });

  it.each<[string, ClaimFacts, ClaimFacts]>([
    [
      "one that holds the model",
      named("z", { pods: [aPod({ status: { phase: "Running" } })] }),
      named("a", { pods: [aPod({ spec: { initContainers: [] } })] }),
    ],
    [
      "one with room to spare",
      named("z", {}, { status: { capacity: { storage: "100Gi" } } }),
      named("a", {}, { status: { capacity: { storage: "5Gi" } } }),
    ],
    ["one on a disk of the node", named("z"), named("a", { volume: network })],
    [
      "one that nobody else uses",
      named("z"),
      named("a", {
        uses: [
          {
            service: anInferenceService({ metadata: { name: "twin" } }),
            model: null,
            how: "declared",
          },
        ],
      }),
    ],
    [
      "the larger one",
      named("z", {}, { status: { capacity: { storage: "200Gi" } } }),
      named("a", {}, { status: { capacity: { storage: "100Gi" } } }),
    ],
    ["the first by name", named("a"), named("b")],
  ])("prefers %s", (_name, better, worse) => {
    const [first] = ranked(worse, better);

    expect(first?.[0]).toBe(better.claim.metadata.name);
  });

  it("says where the service could run with it, and that it holds the model", () => {
    expect(buildCandidates(idle(), [named("held", { pods: [aPod()] })])[0]).toMatchObject({
      feasibleNodes: ["gpu-1"],
      alreadyHeld: true,
    });
  });

  it("asks for caching where the service is Ephemeral", () => {
    const facts = aServiceFacts({
      service: anInferenceService({
        spec: { modelCache: { claimName: undefined, persistence: "Ephemeral" } },
      }),
      pods: [aPod()],
    });

    expect(buildCandidates(facts, [aClaimFacts()])[0]?.verdict).not.toBe("block");
  });

  it("judges each claim as preflight does alone", () => {
    const claims = [named("a"), named("models-nvme-a"), named("b", { volume: network })];
    const facts = aServiceFacts();

    for (const candidate of buildCandidates(facts, claims)) {
      const claimFacts = claims.find(({ claim }) => claim.metadata.name === candidate.claim.name);
      const known = new Map([[candidate.claim.name, claimFacts ?? null]]);
      const alone = preflightChecks(
        { ...facts, claims: new Map([...facts.claims, ...known]) },
        to(candidate.claim.name),
      );
      expect(candidate.checks).toEqual(alone);
    }
  });
});
