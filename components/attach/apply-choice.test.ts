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
  equivalents: { kubectl: "k", yaml: "y", kustomize: "patch" },
  ...change,
});

describe("toApplyChoice", () => {
  it.each<[string, Partial<Preflight>]>([
    ["nobody owns the field", {}],
    ["Mooring owns it", { ownership: owner("mooring", false) }],
    ["a check only warns", { verdict: "warn" }],
    ["another owner already has the same value", { ownership: owner("kubectl", false), diff: [] }],
  ])("applies without any override when %s", (_name, change) => {
    expect(toApplyChoice(preflight(change))).toEqual({
      note: null,
      primary: { label: "Apply", overrides: {}, confirm: null },
      secondary: null,
    });
  });

  it("sends whoever works with a repository to the repository, and takes the field only after a question", () => {
    const choice = toApplyChoice(preflight({ ownership: owner("kustomize-controller", true) }));
    expect(choice.primary).toEqual({ copy: "patch", label: "Copy the change for your repository" });
    expect(choice.secondary).toMatchObject({ overrides: { takeOwnership: true } });
    expect(choice.secondary?.confirm).not.toBeNull();
  });

  it("stores a blocked change without writing, and writes it only after a question", () => {
    const choice = toApplyChoice(preflight({ verdict: "block" }));
    expect(choice.primary).toMatchObject({ overrides: {}, confirm: null });
    expect(choice.secondary).toMatchObject({ overrides: { writeAnyway: true } });
    expect(choice.secondary?.confirm).not.toBeNull();
  });

  it("names taking ownership on the button when another owner would make the API server refuse", () => {
    const choice = toApplyChoice(preflight({ ownership: owner("kubectl-edit", false) }));
    expect(choice.primary).toMatchObject({
      label: "Take ownership and apply",
      overrides: { takeOwnership: true },
    });
  });
});
