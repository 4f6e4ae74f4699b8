import { describe, expect, it } from "vitest";

import type { ClaimView } from "@/server/contract/claim-view";
import type { FieldOwner } from "@/server/contract/service-view";
import { describeChanges, learn, type Seen } from "./changes-while-open";

const owner = (manager: string): FieldOwner => ({
  manager,
  operation: "Update",
  time: null,
  gitops: false,
});
// Only what is compared: the rest of a claim's row makes no difference here.
const claim = (change: Partial<ClaimView> = {}) =>
  ({
    name: "nvme",
    uid: "u1",
    phase: "Bound",
    terminating: false,
    capacityBytes: 1024 ** 3,
    usedBy: { services: [], pods: [], otherPods: [] },
    ...change,
  }) as ClaimView;
const users = (...names: string[]): ClaimView["usedBy"] => ({
  services: names.map((name) => ({ namespace: "prod", name, how: "declared" })),
  pods: [],
  otherPods: [],
});
const seen = (change: Partial<Seen> = {}): Seen => ({
  service: "llama",
  claim: "old",
  persistence: null,
  owner: owner("kubectl"),
  generation: 7,
  lastWriter: "kubectl",
  request: null,
  chosen: { name: "nvme", view: claim() },
  ...change,
});
const chosen = (view: ClaimView | null | undefined, name = "nvme") => ({ chosen: { name, view } });

describe("describeChanges", () => {
  it.each<[string, Partial<Seen>, RegExp]>([
    [
      "another claim, by its owner",
      { claim: "b", owner: owner("kubectl-edit"), generation: 8 },
      /^Field manager "kubectl-edit" set the claim to "b"; it was "old"\.$/u,
    ],
    [
      "a claim taken away, by the last writer",
      { claim: null, owner: null, lastWriter: "helm" },
      /^Field manager "helm" removed the claim; it was "old"\.$/u,
    ],
    ["somebody unknown", { claim: null, lastWriter: null }, /^Somebody removed the claim/u],
    ["persistence", { persistence: "Ephemeral" }, /Ephemeral now; it was not set/u],
    ["another owner", { owner: owner("flux") }, /owned by "flux" now; before by "kubectl"/u],
    ["an owner who gave up", { owner: null }, /Nobody owns the field any more/u],
    [
      "another request",
      { request: { id: "2", actor: "ada", claimName: "b" } },
      /^ada asked for claim "b"/u,
    ],
    [
      "anything else in the spec",
      { generation: 8, lastWriter: "kubectl-scale" },
      /"kubectl-scale" changed something else .*generation 7 to 8/u,
    ],
    ["a claim that is gone", chosen(null), /Claim "nvme" was deleted\.$/u],
    ["a claim made anew", chosen(claim({ uid: "u2" })), /deleted and made anew/u],
    ["a claim that goes", chosen(claim({ terminating: true })), /is being deleted/u],
    ["another phase", chosen(claim({ phase: "Lost" })), /is Lost now; it was Bound/u],
    ["more room", chosen(claim({ capacityBytes: 2 * 1024 ** 3 })), /has 2\.0 GiB now/u],
    ["another user", chosen(claim({ usedBy: users("llama", "phi") })), /^"phi" uses claim/u],
  ])("tells of %s in one sentence", (_name, change, sentence) => {
    const lines = describeChanges(seen(), seen(change));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(sentence);
  });

  it.each<[string, Partial<Seen>, Partial<Seen>]>([
    ["nothing changed", {}, {}],
    ["the generation was not known before", { generation: null }, { generation: 8 }],
    ["the claim was not known before", chosen(undefined), chosen(null)],
    ["another claim is chosen", {}, chosen(null, "other")],
    ["the service itself begins to use it", {}, chosen(claim({ usedBy: users("llama") }))],
    ["the request under way ended", { request: { id: "1", actor: "a", claimName: "b" } }, {}],
    ["the owner wrote the same again", {}, { owner: { ...owner("kubectl"), time: "2026" } }],
  ])("is silent when %s", (_name, before, now) => {
    expect(describeChanges(seen(before), seen(now))).toEqual([]);
  });

  it("tells that the chosen claim exists by now", () => {
    const lines = describeChanges(seen(chosen(null)), seen(chosen(claim())));
    expect(lines).toEqual(['Claim "nvme" exists now.']);
  });
});

describe("learn", () => {
  it("is the same reference while there is nothing to take over", () => {
    const before = seen();
    expect(learn(before, seen({ claim: "b", generation: 9, ...chosen(null) }))).toBe(before);
  });

  it("takes over what was not known, and another choice", () => {
    const before = seen({ generation: null, ...chosen(undefined) });
    expect(learn(before, seen())).toMatchObject({ generation: 7, chosen: { name: "nvme" } });
    expect(learn(seen(), seen(chosen(null, "other"))).chosen).toEqual({
      name: "other",
      view: null,
    });
  });
});
