import { describe, expect, it } from "vitest";

import { aClaim, aModel } from "@/server/testing/builders";
import { computeCacheKey } from "./cache-key";
import type { ModelStatusInput } from "./model-status";
import { planModelStatus } from "./model-status";
import type { Model } from "./objects";
import { DEFAULT_OPERATOR_SETTINGS } from "./operator-settings";

const NOW = "2026-03-01T12:00:00Z";

function fresh(spec: Model["spec"], status: Model["status"] = {}): Model {
  return { ...aModel(), spec, status };
}

const plan = (model: Model, patch: Partial<ModelStatusInput> = {}) =>
  planModelStatus({
    model,
    claim: null,
    settings: DEFAULT_OPERATOR_SETTINGS,
    now: NOW,
    ...patch,
  });
const reason = (model: Model, patch: Partial<ModelStatusInput> = {}) =>
  plan(model, patch)?.status.conditions?.at(-1)?.reason;

describe("planModelStatus", () => {
  const roots = {
    settings: { ...DEFAULT_OPERATOR_SETTINGS, allowedHostPathRoots: ["/srv"] },
  };
  const metal = { hardware: { accelerator: "metal" } };

  it.each<[string, Model["spec"], string, boolean]>([
    ["a URL", { source: "https://h/x.gguf" }, "WorkloadResolved", true],
    ["an object", { source: "s3://b/x.gguf" }, "WorkloadResolved", true],
    ["a URL on Metal", { source: "https://h/x.gguf", ...metal }, "WorkloadResolved", true],
    ["a repository", { source: "hf://o/r" }, "RuntimeResolved", false],
    ["files of a repository", { source: "o/r", files: ["a"] }, "RuntimeResolved", false],
    ["a local file on Metal", { source: "/x", ...metal }, "MetalAgentManaged", false],
    ["an allowed local file", { source: "/srv/x" }, "ModelReady", true],
  ])("%s is Ready at once", (_title, spec, expected, keyed) => {
    const status = plan(fresh(spec), roots)?.status;
    expect(status).toMatchObject({
      phase: "Ready",
      size: "0",
      acceleratorReady: true,
      lastUpdated: NOW,
    });
    expect(status?.conditions).toMatchObject([
      { type: "Available", status: "True", reason: expected },
    ]);
    expect(status?.cacheKey).toBe(keyed ? computeCacheKey(spec.source) : undefined);
  });

  it("lists what will be staged", () => {
    const spec = { source: "hf://o/r", files: ["a", "b", "a"], mmproj: "m" };
    expect(plan(fresh(spec))?.status.stagedFiles).toEqual(["a", "b", "m"]);
  });

  it("keeps size and key that are already known", () => {
    const known = { size: "4.1 GiB", cacheKey: "known" };
    expect(plan(fresh({ source: "https://h/x" }, known))?.status).toMatchObject(known);
  });

  it("leaves a Ready Model as it is, also when its source is edited", () => {
    const ready = fresh({ source: "https://h/new" }, { phase: "Ready", cacheKey: "old" });
    expect(plan(ready)).toBeNull();
  });

  it.each<[string, Model["spec"], string, string]>([
    ["a bad file list", { source: "hf://o/r", files: ["*"] }, "InvalidFileSet", '"*"'],
    ["half a claim source", { source: "pvc://c" }, "InvalidSource", '"pvc://c"'],
    ["half an object source", { source: "s3://b" }, "InvalidSource", '"s3://b"'],
    ["a local file nowhere allowed", { source: "/etc/x" }, "SourceNotAllowed", '"/etc/x"'],
  ])("fails for %s and names it", (_title, spec, expected, named) => {
    const planned = plan(fresh(spec));
    expect(planned?.status).toMatchObject({
      phase: "Failed",
      conditions: [{ type: "Degraded", status: "True", reason: expected }],
    });
    expect(planned?.status.conditions?.[0]?.message).toContain(named);
    expect(planned?.requeueAfterMs).toBeNull();
  });

  it("fails a Ready Model whose file list went bad", () => {
    const ready = fresh({ source: "hf://o/r", files: ["../x"] }, { phase: "Ready" });
    expect(reason(ready)).toBe("InvalidFileSet");
  });

  describe("on a claim", () => {
    const staged = fresh({ source: "pvc://models-nvme-a/m/x.gguf" });
    const unbound = aClaim({ status: { phase: "Pending" } });

    it("fails while it is missing, and asks again", () => {
      const planned = plan(staged);
      expect(planned?.status).toMatchObject({ phase: "Failed" });
      expect(planned?.status).not.toHaveProperty("lastUpdated");
      expect(planned?.status.conditions?.[0]?.message).toMatch(/"models-nvme-a".*"ml"/);
      expect(planned?.requeueAfterMs).toBe(30_000);
    });

    it("waits while it is not bound, and asks again", () => {
      const planned = plan(staged, { claim: unbound });
      expect(planned?.status.phase).toBe("Pending");
      expect(planned?.status.conditions).toMatchObject([
        { type: "Progressing", status: "True", reason: "PVCNotBound" },
      ]);
      expect(planned?.requeueAfterMs).toBe(10_000);
    });

    it("writes nothing new while nothing changes", () => {
      const waiting = plan(staged, { claim: unbound })!.status;
      const again = plan({ ...staged, status: waiting }, { claim: unbound });
      expect(again?.status).toBe(waiting);
      expect(again?.requeueAfterMs).toBe(10_000);
    });

    it("is Ready with its path once bound, the wait still on record", () => {
      const waiting = plan(staged, { claim: unbound })!.status;
      const planned = plan({ ...staged, status: waiting }, { claim: aClaim() });
      expect(planned?.status).toMatchObject({
        phase: "Ready",
        path: "/model-source/m/x.gguf",
        cacheKey: computeCacheKey(staged.spec.source),
      });
      expect(planned?.status.conditions?.map(({ type, status }) => [type, status])).toEqual([
        ["Progressing", "True"],
        ["Available", "True"],
      ]);
    });

    it("marks a fault that is over", () => {
      const failed = plan(staged)!.status;
      const planned = plan({ ...staged, status: failed }, { claim: aClaim() });
      expect(planned?.status.conditions).toMatchObject([
        { type: "Degraded", status: "False", reason: "Superseded" },
        { type: "Available", status: "True" },
      ]);
    });
  });
});
