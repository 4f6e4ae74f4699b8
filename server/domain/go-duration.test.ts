import { describe, expect, it } from "vitest";

import { parseGoDuration, toGoDuration } from "./go-duration";

describe("parseGoDuration", () => {
  it.each<[string, number | null]>([
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["90s", 90_000],
    ["1.5h", 5_400_000],
    ["500ms", 500],
    ["0", 0],
    ["0s", 0],
    ["-1m", -60_000],
    ["", null],
    ["60", null],
    ["1d", null],
    ["1h x", null],
  ])("%s → %s", (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms);
  });
});

describe("toGoDuration", () => {
  it.each([
    [3_600_000, "1h0m0s"],
    [5_430_000, "1h30m30s"],
    [90_500, "1m30.5s"],
    [500, "500ms"],
    [0, "0s"],
  ])("%d → %s", (ms, text) => {
    expect(toGoDuration(ms)).toBe(text);
  });
});
