import { describe, expect, it } from "vitest";

import type { Preflight } from "@/server/contract/preflight";
import { toApplyChoice } from "./apply-choice";

const owner = (manager: string, gitops: boolean): Preflight["ownership"] => ({
  manager,
  operation: "Apply",
  time: null,
  gitops,
});
const preflight = (change: Partial<Preflight>): Preflight => ({
  verdict: "pass",
  checks: [],
  impact: {
    sentence: "",
    strategy: null,
    interruptsService: null,
    bytesToDownload: null,
    alreadyHeld: null,
    bytesLeftBehind: null,
    fromClaim: null,
    heldBecause: null,
    fromClaimUsedBy: null,
    affected: [],
    revertedBy: null,
  },
  diff: [{ op: "add", path: "/spec/modelCache/claimName", to: "nvme" }],
  before: "",
  after: "",
  ownership: null,
  repository: null,
  suggestion: null,
  equivalents: { kubectl: "k", yaml: "y", kustomize: "patch" },
  ...change,
});

const blocking: Preflight["checks"] = [
  { code: "NodeFits", verdict: "block", message: "no node", evidence: [] },
];
const ofDryRun = (verdict: "pass" | "block"): Preflight["checks"] => [
  { code: "DryRun", verdict, message: "", evidence: [] },
];
const kubectl = owner("kubectl-edit", false);
const flux = owner("kustomize-controller", true);
const choose = (change: Partial<Preflight>, claimName: string | null = "nvme") =>
  toApplyChoice(preflight(change), { claimName, declaredClaim: "old" });

describe("toApplyChoice", () => {
  it.each<[string, Partial<Preflight>]>([
    ["nobody owns the field", {}],
    ["Mooring owns it", { ownership: owner("mooring", false) }],
    ["a check only warns", { verdict: "warn" }],
    ["another owner already has the same value", { ownership: kubectl, diff: [] }],
    [
      "the spec says already what a check blocks, so that there is nothing to wait for",
      { verdict: "block", checks: blocking, diff: [] },
    ],
  ])("applies without any override when %s", (_name, change) => {
    expect(choose(change)).toEqual({
      note: null,
      primary: { label: "Apply", overrides: {}, confirm: null },
      secondary: null,
    });
  });

  it("sends whoever works with a repository to the repository, and takes the field only after showing its owner", () => {
    const choice = choose({ ownership: flux, verdict: "block", checks: ofDryRun("block") });
    expect(choice.primary).toEqual({
      copy: "patch",
      label: "Copy the change for your repository",
      repository: true,
    });
    expect(choice.secondary).toMatchObject({
      overrides: { takeOwnership: true },
      confirm: { label: "Take ownership and apply", showsOwner: true },
    });
  });

  it("stores a blocked change without writing, and writes it only after a question", () => {
    const choice = choose({ verdict: "block", checks: blocking });
    expect(choice.primary).toMatchObject({ overrides: {}, confirm: null });
    expect(choice.secondary).toMatchObject({ overrides: { writeAnyway: true } });
    expect(choice.secondary?.confirm).not.toBeNull();
  });

  it("offers no writing anyway where it is the API server that refuses", () => {
    const choice = choose({ verdict: "block", after: null, checks: ofDryRun("block") });
    expect(choice.primary).toMatchObject({ label: "Apply and wait" });
    expect(choice.secondary).toBeNull();
  });

  it("takes the field from another owner only after showing that one", () => {
    const choice = choose({ ownership: kubectl, verdict: "block", checks: ofDryRun("block") });
    expect(choice.primary).toMatchObject({
      label: "Take ownership…",
      overrides: { takeOwnership: true },
      confirm: { label: "Take ownership and apply", showsOwner: true },
    });
    expect(choice.secondary).toBeNull();
  });

  it("asks for both overrides by name where the change blocks and another one owns the field", () => {
    const choice = choose({ ownership: kubectl, verdict: "block", checks: blocking });
    expect(choice.primary).toMatchObject({
      overrides: { takeOwnership: true },
      confirm: { label: "Take ownership, apply and wait" },
    });
    expect(choice.secondary).toMatchObject({
      overrides: { takeOwnership: true, writeAnyway: true },
      confirm: { label: "Take ownership and write anyway", showsOwner: true },
    });
  });

  it.each([
    ["a repository", flux, "patch"],
    ["somebody else", kubectl, "k"],
  ])("sends the removal of a claim that %s set to where it was set", (_name, ownership, copy) => {
    const choice = choose({ ownership, diff: [] }, null);
    expect(choice.primary).toMatchObject({ copy });
    expect(choice.secondary).toBeNull();
  });

  it("offers nothing but the command to whoever may not change the service", () => {
    const checks: Preflight["checks"] = [
      { code: "Permission", verdict: "block", message: "", evidence: [] },
    ];
    expect(choose({ verdict: "block", checks })).toMatchObject({
      primary: { copy: "k", repository: false },
      secondary: null,
    });
  });
});
