import { describe, expect, it } from "vitest";

import { aClaim, aModel, aNode } from "@/server/testing/builders";
import { computeCacheKey } from "../cache-key";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "../improvements";
import type { Model } from "../objects";
import { DEFAULT_OPERATOR_SETTINGS } from "../operator-settings";
import { planModelStatus, type ModelStatusInput } from "./plan-model-status";

const NOW = "2026-03-01T12:00:00Z";
const STRICT = { improvements: NO_IMPROVEMENTS };

function fresh(spec: Model["spec"], status: Model["status"] = {}): Model {
  return { ...aModel(), spec, status };
}

const plan = (model: Model, patch: Partial<ModelStatusInput> = {}) =>
  planModelStatus({
    model,
    claim: null,
    nodes: null,
    settings: DEFAULT_OPERATOR_SETTINGS,
    improvements: ALL_IMPROVEMENTS,
    now: NOW,
    ...patch,
  });
const said = (model: Model, patch: Partial<ModelStatusInput> = {}) =>
  (plan(model, patch)?.status.conditions ?? []).map(({ type, status, reason }) =>
    [type, status, reason].join(" "),
  );
const roots = {
  settings: { ...DEFAULT_OPERATOR_SETTINGS, allowedHostPathRoots: ["/srv"] },
};
const metal = { hardware: { accelerator: "metal" } };

describe("planModelStatus", () => {
  it.each<[string, Model["spec"], string, boolean]>([
    ["a URL", { source: "https://h/x.gguf" }, "WorkloadResolved", true],
    ["an object", { source: "s3://b/x.gguf" }, "WorkloadResolved", true],
    ["objects", { source: "s3://b/dir", files: ["a"] }, "WorkloadResolved", true],
    ["a URL on Metal", { source: "https://h/x.gguf", ...metal }, "WorkloadResolved", true],
    ["a repository", { source: "hf://o/r" }, "RuntimeResolved", false],
    ["files of a repository", { source: "o/r", files: ["a"] }, "RuntimeResolved", false],
    ["a local file on Metal", { source: "/srv/x", ...metal }, "MetalAgentManaged", false],
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

  it("forgets what was recorded of a source that is not used any more", () => {
    const known = { phase: "Failed", cacheKey: "old", path: "/p", stagedFiles: ["a"] };
    const status = plan(fresh({ source: "https://h/x" }, known))?.status;
    expect(status?.cacheKey).toBe(computeCacheKey("https://h/x"));
    expect(status).not.toHaveProperty("path");
    expect(status).not.toHaveProperty("stagedFiles");
  });

  it("leaves a Ready Model as it is, also when its source is edited", () => {
    const ready = fresh({ source: "https://h/new" }, { phase: "Ready", cacheKey: "old" });
    expect(plan(ready)).toBeNull();
  });

  it("says that no node has the device, as the API does, by saying nothing", () => {
    const spec = { source: "hf://o/r", hardware: { accelerator: "cuda" } };
    const nodes = [{ ...aNode(), status: { capacity: { cpu: "4" } } }];
    const status = plan(fresh(spec), { nodes })?.status;
    expect(status?.phase).toBe("Ready");
    expect(status).not.toHaveProperty("acceleratorReady");
  });

  it.each<[string, Model["spec"], string, string]>([
    ["a bad file list", { source: "hf://o/r", files: ["*"] }, "InvalidFileSet", '"*"'],
    ["half a claim source", { source: "pvc://c" }, "InvalidSource", '"pvc://c"'],
    ["half an object source", { source: "s3://b" }, "InvalidSource", '"s3://b"'],
    ["a local file nowhere allowed", { source: "/etc/x" }, "SourceNotAllowed", '"/etc/x"'],
    ["such a file on Metal", { source: "/etc/x", ...metal }, "SourceNotAllowed", '"/etc/x"'],
    ["files of half a claim", { source: "pvc://c", files: ["a"] }, "InvalidFileSet", "pvc://c"],
  ])("fails for %s and names it", (_title, spec, expected, named) => {
    const planned = plan(fresh(spec));
    expect(planned?.status).toMatchObject({
      phase: "Failed",
      conditions: [{ type: "Degraded", status: "True", reason: expected }],
    });
    expect(planned?.status.conditions?.[0]?.message).toContain(named);
    expect(planned?.requeueAfterMs).toBeNull();
    expect(plan({ ...fresh(spec), status: planned!.status })).toBeNull();
  });

  it.each(["word", "hf://word", "hf://o/r r"])("fails for %s, which nobody can fetch", (source) => {
    expect(plan(fresh({ source }))?.status).toMatchObject({
      phase: "Failed",
      cacheKey: computeCacheKey(source),
    });
    expect(said(fresh({ source }))).toEqual(["Degraded True DownloadFailed"]);
    expect(said(fresh({ source }), STRICT)).toEqual([
      "Progressing True DownloadStarted",
      "Degraded True DownloadFailed",
    ]);
  });

  it("leaves to pods what LLMKube's controller would download", () => {
    const dataset = fresh({ source: "https://huggingface.co/datasets/o/r/resolve/main/x.gguf" });
    expect(said(dataset)).toEqual(["Available True WorkloadResolved"]);
    expect(said(dataset, STRICT)).toContain("Degraded True DownloadFailed");
  });

  const available = plan(fresh({ source: "https://h/x" }))!.status;

  it.each<[string, Model["spec"], string]>([
    ["is not allowed any more", { source: "/etc/x" }, "SourceNotAllowed"],
    ["has no files to list", { source: "https://h/x", files: ["a"] }, "InvalidFileSet"],
  ])("fails a Ready Model whose source %s", (_title, spec, reason) => {
    const ready = fresh(spec, available);
    expect(said(ready, STRICT)).toEqual([
      "Available True WorkloadResolved",
      `Degraded True ${reason}`,
    ]);
    expect(said(ready)).toEqual([`Available False ${reason}`, `Degraded True ${reason}`]);
  });

  it("fails a Ready Model whose file list went bad, which LLMKube leaves to its pods", () => {
    const ready = fresh({ source: "hf://o/r", files: ["../x"] }, available);
    expect(said(ready)).toContain("Degraded True InvalidFileSet");
    expect(plan(ready, STRICT)).toBeNull();
  });

  it("marks in either mode what a pod's own fetching leaves behind", () => {
    const broken = plan(fresh({ source: "hf://o/r", files: ["*"] }))!.status;
    expect(said(fresh({ source: "https://h/x" }, broken), STRICT)).toEqual([
      "Degraded False Superseded",
      "Available True WorkloadResolved",
    ]);
  });

  describe("on a claim", () => {
    const staged = fresh({ source: "pvc://models-nvme-a/m/x.gguf" });
    const unbound = aClaim({ status: { phase: "Pending" } });
    const at = (status: Model["status"]): Model => ({ ...staged, ...(status ? { status } : {}) });

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
      expect(said(staged, { claim: unbound })).toEqual(["Progressing True PVCNotBound"]);
      expect(planned?.requeueAfterMs).toBe(10_000);
    });

    it("writes nothing new while nothing changes", () => {
      const waiting = plan(staged, { claim: unbound })!.status;
      const again = plan(at(waiting), { claim: unbound });
      expect(again?.status).toBe(waiting);
      expect(again?.requeueAfterMs).toBe(10_000);
    });

    it("is Ready with its path once bound", () => {
      const waiting = plan(staged, { claim: unbound })!.status;
      expect(plan(at(waiting), { claim: aClaim() })?.status).toMatchObject({
        phase: "Ready",
        path: "/model-source/m/x.gguf",
        cacheKey: computeCacheKey(staged.spec.source),
      });
    });

    const missing = plan(staged)!.status;
    const waiting = plan(staged, { claim: unbound })!.status;

    it.each<[string, Model["status"], Partial<ModelStatusInput>, string[], string[]]>([
      [
        "a wait that is over",
        waiting,
        { claim: aClaim() },
        ["Progressing True PVCNotBound", "Available True PVCModelReady"],
        ["Progressing False Superseded", "Available True PVCModelReady"],
      ],
      [
        "a fault that is over",
        missing,
        { claim: aClaim() },
        ["Degraded True PVCNotFound", "Available True PVCModelReady"],
        ["Degraded False Superseded", "Available True PVCModelReady"],
      ],
      [
        "a fault that became a wait",
        missing,
        { claim: unbound },
        ["Degraded True PVCNotFound", "Progressing True PVCNotBound"],
        ["Degraded False Superseded", "Progressing True PVCNotBound"],
      ],
      [
        "a wait that became a fault",
        waiting,
        {},
        ["Progressing True PVCNotBound", "Degraded True PVCNotFound"],
        ["Progressing False Superseded", "Degraded True PVCNotFound"],
      ],
    ])("marks %s, which LLMKube leaves", (_title, before, now, llmkube, ours) => {
      expect(said(at(before), { ...now, ...STRICT })).toEqual(llmkube);
      expect(said(at(before), now)).toEqual(ours);
    });
  });
});
