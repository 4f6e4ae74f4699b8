import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatDownloadProgress, parseDownloadProgress, toDownload } from "./download-progress";

describe("parseDownloadProgress", () => {
  it("reads back what is written", () => {
    const bytes = fc.integer({ min: 0, max: 10 ** 14 });
    const file = fc
      .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 })
      .filter((name) => name === name.trim() && !/\s\s|:\/\//u.test(name));
    fc.assert(
      fc.property(file, bytes, fc.option(bytes), bytes, (name, received, total, rate) => {
        const progress = {
          file: name,
          receivedBytes: received,
          totalBytes: total,
          bytesPerSecond: rate,
        };

        expect(parseDownloadProgress(formatDownloadProgress(progress))).toEqual(progress);
      }),
    );
  });

  it.each([
    ["Model downloaded successfully"],
    ["progress file=a received=1 total=2"],
    ["progress file=a received=-1 total=2 rate=3"],
    ["progress file=a received=1 total=2 rate=NaN"],
    [`progress file=${"a".repeat(5000)} received=1 total=2 rate=3`],
    [""],
  ])("finds nothing in %j", (line) => {
    expect(parseDownloadProgress(line)).toBeNull();
  });
});

describe("toDownload", () => {
  const where = {
    pod: "p",
    container: "model-downloader",
    startedAt: "2026-03-01T11:50:00Z",
    lastProgressAt: null,
  };
  const progress = { file: "a", receivedBytes: 40, totalBytes: 100, bytesPerSecond: 7 };

  it.each([
    ["from length and rate", progress, 9],
    ["not without a length", { ...progress, totalBytes: null }, null],
    ["not while it stands still", { ...progress, bytesPerSecond: 0 }, null],
    ["never below zero", { ...progress, receivedBytes: 200 }, 0],
  ])("tells the time left: %s", (_name, given, etaSeconds) => {
    expect(toDownload(given, where)).toEqual({ state: "Running", ...where, ...given, etaSeconds });
  });
});
