import { describe, expect, it } from "vitest";

import { aModel } from "@/server/testing/builders";
import { NO_IMPROVEMENTS } from "../improvements";
import type { Model } from "../objects";
import { planRevalidation, untilRevalidation, urlToRevalidate } from "./source-drift";

const NOW = "2026-03-01T12:00:00Z";
const HOUR = 3_600_000;

const withStatus = (status: Model["status"], source = "https://host/x.gguf"): Model => ({
  ...aModel(),
  spec: { source },
  status: { phase: "Ready", ...status },
});
const look = (status: Model["status"], etag: string, contentLengthBytes: number) =>
  planRevalidation(
    { model: withStatus(status), improvements: NO_IMPROVEMENTS, now: NOW },
    { etag, contentLengthBytes },
  );

describe("urlToRevalidate", () => {
  it.each<[string, string | null]>([
    ["https://host/x.gguf", "https://host/x.gguf"],
    ["https://huggingface.co/o/r", null],
    ["hf://o/r", null],
    ["s3://bucket/x", null],
    ["pvc://claim/x", null],
    ["/srv/x", null],
  ])("%s → %s", (source, url) => {
    expect(urlToRevalidate(withStatus({}, source))).toBe(url);
  });

  it("is null before the Model is Ready", () => {
    expect(urlToRevalidate(withStatus({ phase: "Downloading" }))).toBeNull();
  });
});

describe("untilRevalidation", () => {
  const now = new Date(NOW);
  it.each<[string | undefined, number]>([
    [undefined, 0],
    ["2026-03-01T11:00:00Z", 0],
    ["2026-03-01T11:45:00Z", 2_700_000],
    ["2026-02-01T12:00:00Z", 0],
  ])("last %s: %d ms", (lastRevalidated, ms) => {
    const status = lastRevalidated === undefined ? {} : { lastRevalidated };
    expect(untilRevalidation(withStatus(status), now, HOUR)).toBe(ms);
  });
});

describe("planRevalidation", () => {
  it("records what there is at the first look", () => {
    expect(look({}, '"a"', 100)).toMatchObject({
      sourceETag: '"a"',
      sourceContentLength: 100,
      lastRevalidated: NOW,
      conditions: [{ type: "SourceDrifted", status: "False", reason: "InSync" }],
    });
  });

  it.each<[string, Model["status"], string, number, string]>([
    ["the same tag", { sourceETag: "a", sourceContentLength: 1 }, "a", 2, "InSync"],
    ["another tag", { sourceETag: "a", sourceContentLength: 1 }, "b", 1, "UpstreamChanged"],
    ["no tag now, same length", { sourceETag: "a", sourceContentLength: 1 }, "", 1, "InSync"],
    ["no tag before, other length", { sourceContentLength: 1 }, "a", 2, "UpstreamChanged"],
  ])("tells by %s", (_title, status, etag, length, reason) => {
    const after = look(status, etag, length);
    expect(after.conditions?.at(-1)?.reason).toBe(reason);
    expect(after.sourceETag).toBe(status?.sourceETag);
    expect(after.sourceContentLength).toBe(status?.sourceContentLength);
  });

  it("says drift once, and takes it back", () => {
    const drifted = look({ sourceETag: "a" }, "b", 1);
    expect(look(drifted, "b", 1).conditions).toBe(drifted.conditions);
    expect(look(drifted, "a", 1).conditions).toMatchObject([{ status: "False" }]);
  });
});
