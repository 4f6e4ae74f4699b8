import { describe, expect, it } from "vitest";

import { formatClock, formatDuration, formatLongDuration, formatRemaining } from "./age";
import { formatBytes, formatExactBytes, formatRate, percentOf } from "./bytes";

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [43_271_520_256, "40.3 GiB"],
    [1024 ** 4, "1.0 TiB"],
  ])("%i bytes read %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
  it("keeps every digit for hovering", () => {
    expect(formatExactBytes(43_271_520_256)).toBe("43,271,520,256 bytes");
  });
  it("prints rates in decimal megabytes", () => {
    expect(formatRate(212_000_000)).toBe("212 MB/s");
    expect(formatRate(2_500_000)).toBe("2.5 MB/s");
    expect(formatRate(2_120_000_000)).toBe("2.1 GB/s");
  });
  it("never invents a share of an unknown whole", () => {
    expect(percentOf(5, null)).toBeNull();
    expect(percentOf(null, 5)).toBeNull();
    expect(percentOf(5, 0)).toBeNull();
    expect(percentOf(1, 4)).toBe(25);
  });
});

describe("times", () => {
  it.each([
    [12_000, "12 s"],
    [240_000, "4 m"],
    [3 * 3_600_000, "3 h"],
    [41 * 86_400_000, "41 d"],
    [-5, "0 s"],
  ])("%i ms read %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
  it("says one minute, four minutes", () => {
    expect(formatLongDuration(60_000)).toBe("1 minute");
    expect(formatLongDuration(240_000)).toBe("4 minutes");
  });
  it("keeps the second unit of what is left", () => {
    expect(formatRemaining(48)).toBe("48 s");
    expect(formatRemaining(80)).toBe("1 m 20 s");
  });
  it("names the day only when it is not today", () => {
    const now = new Date(2026, 10, 23, 15, 0);
    expect(formatClock(new Date(2026, 10, 23, 14, 2), now)).toBe("14:02");
    expect(formatClock(new Date(2026, 10, 21, 14, 2), now)).toBe("21 Nov 14:02");
  });
});
