import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { findingCodes } from "@/server/contract/finding";
import { catalogue, findingOrder } from "./catalogue";
import { buildFindingsPage } from "./findings-page";

describe("catalogue", () => {
  it("lists every code of the contract exactly once", () => {
    expect(catalogue.map(({ code }) => code).sort()).toEqual([...findingCodes].sort());
  });

  it("gives every code its place in the order", () => {
    expect([...findingOrder].sort()).toEqual([...findingCodes].sort());
  });

  it.each(catalogue.map((entry) => [entry.code, entry] as const))(
    "explains %s and has a rule for it",
    (_code, { title, explanation, ofService, ofClaim }) => {
      expect(title).not.toBe("");
      expect(explanation).toMatch(/\.$/u);
      expect(ofService ?? ofClaim).not.toBeNull();
    },
  );

  it("is what docs/findings.md says: run `npm run docs:findings` after a change", () => {
    const page = readFileSync(new URL("../../../docs/findings.md", import.meta.url), "utf8");

    expect(page).toBe(buildFindingsPage());
  });
});
