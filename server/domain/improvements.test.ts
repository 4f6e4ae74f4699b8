import { describe, expect, it } from "vitest";

import { IMPROVEMENTS, parseStrictness, showStrictness } from "./improvements";

describe("parseStrictness", () => {
  it("switches every improvement with true and false", () => {
    expect([...(parseStrictness("false") ?? [])]).toEqual([...IMPROVEMENTS]);
    expect(parseStrictness("true")?.size).toBe(0);
  });

  it.each(IMPROVEMENTS.map((name) => [name] as const))("switches %s alone", (name) => {
    const left = parseStrictness(name);
    expect(left?.has(name)).toBe(false);
    expect(left?.size).toBe(IMPROVEMENTS.length - 1);
  });

  it("refuses a name that is none", () => {
    expect(parseStrictness("HealOnClaim,Faster")).toBeNull();
  });

  it.each(["true", "false", "HealOnClaim,ObservedState"])(
    "is shown as it was given: %s",
    (text) => {
      expect(showStrictness(parseStrictness(text) ?? new Set())).toBe(text);
    },
  );
});
