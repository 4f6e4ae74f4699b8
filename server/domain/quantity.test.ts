import { describe, expect, it } from "vitest";

import { parseHumanSize, parseQuantity, toHumanSize } from "./quantity";

describe("parseQuantity", () => {
  it.each<[string, number | null]>([
    ["40Gi", 42949672960],
    ["100Gi", 107374182400],
    ["1.5Gi", 1610612736],
    ["500M", 500000000],
    ["128974848", 128974848],
    ["12e6", 12000000],
    ["1E3", 1000],
    ["2E", 2e18],
    ["100m", 0.1],
    ["1Ki", 1024],
    [".5", 0.5],
    ["", null],
    ["lots", null],
    ["40GB", null],
    ["40 Gi", null],
    ["40gi", null],
  ])("%s → %s", (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });
});

describe("parseHumanSize", () => {
  it.each<[string, number | null]>([
    ["4.1 GiB", 4402341478],
    ["512 MiB", 536870912],
    ["2 GB", 2000000000],
    ["100 B", 100],
    ["0", null],
    ["0 B", null],
    ["", null],
    ["big", null],
  ])("%s → %s", (text, bytes) => {
    expect(parseHumanSize(text)).toBe(bytes);
  });
});

describe("toHumanSize", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [4_402_341_478, "4.1 GiB"],
    [2 ** 40, "1.0 TiB"],
  ])("%d → %s", (bytes, text) => {
    expect(toHumanSize(bytes)).toBe(text);
  });
});
