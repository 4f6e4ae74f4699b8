import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  count,
  displaySource,
  firstSentence,
  formatBytes,
  lasting,
  listNames,
  plain,
  redactText,
  secondsBetween,
} from "./wording";

const GIB = 1024 ** 3;

describe("plain", () => {
  it("is one line of visible characters, never longer than asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 2, max: 50 }), (text, limit) => {
        const line = plain(text, limit);

        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("does not show user info that a cut separates from its @", () => {
    expect(plain(`${"a ".repeat(30)}https://user:${"secret".repeat(20)}@host/x`, 10)).not.toContain(
      "secret",
    );
    expect(plain(`https://user:${"secret".repeat(20)}@host/x`, 12)).not.toContain("secret");
  });

  it("marks where it cut", () => {
    expect(plain("abcdef", 4)).toBe("abc…");
  });
});

describe("redactText", () => {
  it.each([
    ["curl https://u:p@h.example/x?sig=1#f failed", "curl https://h.example/x failed"],
    ["s3://bucket/key?X-Amz-Signature=abc", "s3://bucket/key"],
    ["Authorization: Bearer abcdefghijkl", "Authorization: Bearer ***"],
    ["token hf_abcdefghijklmnop", "token hf_***"],
    ["no secret here: 404", "no secret here: 404"],
  ])("%j becomes %j", (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it("leaves a bare source as it is, and never a query", () => {
    expect(displaySource("hf://org/repo@main")).toBe("hf://org/repo@main");
    expect(displaySource("https://h/x?token=a")).toBe("https://h/x");
  });
});

describe("words and numbers", () => {
  it.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b"], "a and b"],
    [["a", "b", "c"], "a, b and c"],
    [["a", "b", "c", "d", "e", "f"], "a, b, c, d and 2 more"],
  ])("lists %j as %j", (names, text) => {
    expect(listNames(names)).toBe(text);
  });

  it.each([
    [2048 * GIB, "2.0 TiB"],
    [1000 * GIB, "1000.0 GiB"],
    [40.3 * GIB, "40.3 GiB"],
    [0.6 * GIB, "0.6 GiB"],
    [50 * 1024 ** 2, "50.0 MiB"],
    [12, "12 bytes"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("counts", () => {
    expect([count(1, "pod"), count(2, "pod"), count(0, "pod")]).toEqual([
      "1 pod",
      "2 pods",
      "0 pods",
    ]);
  });

  it("cuts after the first sentence", () => {
    expect(firstSentence("The claim is gone. Two pods serve.")).toBe("The claim is gone");
    expect(firstSentence("Version 1.2 is gone.")).toBe("Version 1.2 is gone");
  });
});

describe("lasting", () => {
  it.each([
    [-3, "0 seconds"],
    [1, "1 second"],
    [119.9, "119 seconds"],
    [120, "2 minutes"],
    [7199, "119 minutes"],
    [7200, "2 hours"],
    [34 * 3600, "34 hours"],
    [3 * 86_400, "3 days"],
  ])("says %s seconds as %s", (seconds, text) => {
    expect(lasting(seconds)).toBe(text);
  });
});

describe("secondsBetween", () => {
  it.each([
    ["2026-03-01T12:00:00Z", 60],
    ["2026-03-01T13:00:00+01:00", 60],
    [null, null],
    [undefined, null],
    ["soon", null],
  ])("from %s", (from, seconds) => {
    expect(secondsBetween(from, "2026-03-01T12:01:00Z")).toBe(seconds);
  });
});
