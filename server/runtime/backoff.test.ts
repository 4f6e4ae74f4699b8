import { describe, expect, it } from "vitest";

import { backoffDelayMs } from "./backoff";

const BACKOFF = { baseMs: 500, maxMs: 30_000 };

describe("backoffDelayMs", () => {
  it.each([
    [0, 500],
    [1, 1_000],
    [5, 16_000],
    [6, 30_000],
    [10_000, 30_000],
  ])("doubles up to the maximum: attempt %i waits at most %i ms", (attempt, most) => {
    expect(backoffDelayMs(attempt, BACKOFF, () => 1)).toBe(most);
    expect(backoffDelayMs(attempt, BACKOFF, () => 0)).toBe(most / 2);
  });
});
