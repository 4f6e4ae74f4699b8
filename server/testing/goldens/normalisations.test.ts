import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { compareSnapshot } from "./compare-snapshot";
import { buildGoldensPage, NORMALISATIONS } from "./normalisations";

describe("a comparison with a recorded case", () => {
  it.each(NORMALISATIONS.map((one) => [one.what, one] as const))(
    "takes no notice of: %s",
    (_what, { recorded, ours }) => {
      expect(recorded).not.toEqual(ours);
      expect(compareSnapshot(recorded, ours)).toEqual([]);
    },
  );

  it("is what docs/goldens.md says: run `npm run docs:goldens` after a change", () => {
    const page = readFileSync(new URL("../../../docs/goldens.md", import.meta.url), "utf8");
    expect(page).toBe(buildGoldensPage());
  });
});
