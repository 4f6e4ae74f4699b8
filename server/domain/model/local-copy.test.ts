import { describe, expect, it } from "vitest";

import { aModel } from "@/server/testing/builders";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "../improvements";
import type { Model } from "../objects";
import { pathToCopy, planCopy, planCopyStart } from "./local-copy";

const NOW = "2026-03-01T12:00:00Z";
const DIGEST = "ab".repeat(32);

function local(spec: Partial<Model["spec"]> = {}, status: Model["status"] = {}): Model {
  const { metadata } = aModel({ metadata: { name: "phi" } });
  return { metadata, spec: { source: "file:///srv/x.gguf", ...spec }, status };
}

const failedFor = (reason: string): Model["status"] => ({
  phase: "Failed",
  conditions: [{ type: "Degraded", status: "True", reason, message: "", lastTransitionTime: NOW }],
});

describe("pathToCopy", () => {
  it.each<[string, Model, string | null]>([
    ["a local file", local(), "/srv/x.gguf"],
    ["one that is Ready", local({}, { phase: "Ready", path: "/models/k/x.gguf" }), null],
    ["one that was Ready of another source", local({}, { phase: "Ready" }), "/srv/x.gguf"],
    ["one on Metal", local({ hardware: { accelerator: "metal" } }), null],
    ["a URL", local({ source: "https://host/x" }), null],
  ])("%s", (_title, model, expected) => {
    expect(pathToCopy({ model, improvements: NO_IMPROVEMENTS, now: NOW })).toBe(expected);
    expect(pathToCopy({ model, improvements: ALL_IMPROVEMENTS, now: NOW })).toBeNull();
  });
});

describe("planCopyStart", () => {
  it.each<[string, Model["status"], boolean]>([
    ["a new Model", {}, true],
    ["one that was not allowed before", failedFor("SourceNotAllowed"), true],
    ["one that is being read", { phase: "Copying" }, false],
    ["one that could not be read", failedFor("CopyFailed"), false],
    ["one with another digest", failedFor("IntegrityCheckFailed"), false],
  ])("%s: %s", (_title, status, says) => {
    expect(planCopyStart(local({}, status)) !== null).toBe(says);
  });
});

describe("planCopy", () => {
  const file = { kind: "file", sizeBytes: 5 * 2 ** 30, sha256: DIGEST } as const;
  const plan = (model: Model) => planCopy({ model, now: NOW }, file, true);

  it("records size, digest and the path that pods have", () => {
    expect(plan(local())).toMatchObject({
      phase: "Ready",
      fields: {
        path: expect.stringMatching(/^\/models\/[0-9a-f]{16}\/phi\.gguf$/) as string,
        sha256: DIGEST,
        size: "5.0 GiB",
        sourceContentLength: 5 * 2 ** 30,
        lastRevalidated: NOW,
      },
    });
  });

  it("takes a digest in any case, and no other", () => {
    expect(plan(local({ sha256: DIGEST.toUpperCase() })).phase).toBe("Ready");
    const other = plan(local({ sha256: "0".repeat(64) }));
    expect(other.conditions.at(-1)?.reason).toBe("IntegrityCheckFailed");
    expect(other.fields).toEqual({ sha256: DIGEST });
  });

  it("says why a file cannot be read, and looks again", () => {
    const verdict = planCopy({ model: local(), now: NOW }, { kind: "unreadable", why: "no" }, true);
    expect(verdict).toMatchObject({ phase: "Failed", requeueAfterMs: 300_000 });
    expect(verdict.conditions[0]?.message).toContain('"file:///srv/x.gguf"');
  });
});
