import { describe, expect, it } from "vitest";

import { parseProgress, toLogRows } from "./log-lines";

describe("progress lines", () => {
  it("tells rate and what is left", () => {
    expect(parseProgress("progress file=a b.gguf received=500 total=1500 rate=100")).toEqual({
      file: "a b.gguf",
      receivedBytes: 500,
      totalBytes: 1500,
      bytesPerSecond: 100,
      etaSeconds: 10,
    });
  });
  it("invents nothing where the log does not say", () => {
    expect(parseProgress("progress file=a received=0 total=unknown rate=0")).toMatchObject({
      totalBytes: null,
      bytesPerSecond: null,
      etaSeconds: null,
    });
    expect(parseProgress("Model downloaded successfully")).toBeNull();
  });
  it("folds the lines of one file into one row, and starts another for the next file", () => {
    const rows = toLogRows([
      "progress file=a received=1 total=2 rate=1",
      "progress file=a received=2 total=2 rate=1",
      "progress file=b received=1 total=2 rate=1",
      "curl: (22) The requested URL returned error: 404",
    ]);
    expect(rows.map((row) => (row.type === "progress" ? row.progress.file : row.tone))).toEqual([
      "a",
      "b",
      "error",
    ]);
  });

  it("keeps each row's place when older lines are dropped, and tells instants apart from lines", () => {
    const lines = ["2026-03-01T11:00:00.123456789Z one", "2026-03-01T11:00:01Z two", "no instant"];
    expect(toLogRows(lines, { dropped: 7, stamped: true })).toMatchObject([
      { line: 7, at: "2026-03-01T11:00:00", text: "one" },
      { line: 8, at: "2026-03-01T11:00:01", text: "two" },
      { line: 9, at: null, text: "no instant" },
    ]);
    expect(toLogRows(lines)[0]).toMatchObject({ line: 0, at: null, text: lines[0] });
  });

  it("knows a progress line behind its instant", () => {
    const line = "2026-03-01T11:00:00Z progress file=a received=1 total=2 rate=1";
    expect(toLogRows([line], { stamped: true })[0]?.type).toBe("progress");
  });
});
