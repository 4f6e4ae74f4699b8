import { describe, expect, it } from "vitest";

import type { ClaimCandidate, Verdict } from "@/server/contract/preflight";
import { combineCandidates } from "./bulk-candidates";

// Only what is combined: the rest of a claim's row makes no difference here.
const candidate = (
  name: string,
  verdict: Verdict,
  change: Partial<ClaimCandidate> = {},
): ClaimCandidate => ({
  claim: { name, uid: name } as ClaimCandidate["claim"],
  verdict,
  checks: [{ code: "NodeFits", verdict, message: "no node", evidence: [] }],
  feasibleNodes: ["gpu-1", "gpu-2"],
  alreadyHeld: true,
  ...change,
});
const combined = (...all: ClaimCandidate[][]) =>
  combineCandidates(all.map((candidates, nth) => ({ service: `s${nth}`, candidates })));

describe("combineCandidates", () => {
  it.each<[Verdict, Verdict, Verdict]>([
    ["pass", "pass", "pass"],
    ["pass", "warn", "warn"],
    ["unknown", "warn", "unknown"],
    ["block", "unknown", "block"],
  ])("of %s and %s makes %s", (a, b, worst) => {
    expect(combined([candidate("x", a)], [candidate("x", b)])[0]?.verdict).toBe(worst);
  });

  it("says whose reason it is", () => {
    const [only] = combined([candidate("x", "pass")], [candidate("x", "block")]);
    expect(only?.checks[0]?.message).toBe("s1: no node");
  });

  it("puts first what does for all", () => {
    const order = combined(
      [candidate("x", "pass"), candidate("y", "warn")],
      [candidate("x", "block"), candidate("y", "pass")],
    ).map(({ claim }) => claim.name);
    expect(order).toEqual(["y", "x"]);
  });

  it.each([
    [[true, true], true],
    [[true, false], false],
    [[true, null], null],
  ])("holds the models of all or not: %j", ([a, b], held) => {
    const each = [a, b].map((alreadyHeld) => [
      candidate("x", "pass", { alreadyHeld: alreadyHeld ?? null }),
    ]);
    expect(combined(...each)[0]?.alreadyHeld).toBe(held);
  });

  it("names the nodes that suit all, and leaves out a claim not all have been asked about", () => {
    const [only, ...rest] = combined(
      [candidate("x", "pass"), candidate("new", "pass")],
      [candidate("x", "pass", { feasibleNodes: ["gpu-2"] })],
    );
    expect(only?.feasibleNodes).toEqual(["gpu-2"]);
    expect(rest).toEqual([]);
  });
});
