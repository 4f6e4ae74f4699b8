import { describe, expect, it } from "vitest";

import { aJob, aModel } from "@/server/testing/builders";
import { computeCacheKey } from "../cache-key";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "../improvements";
import type { Job, Model } from "../objects";
import {
  planPrefetch,
  prefetchFailed,
  prefetchStarted,
  wantsPrefetch,
  type PrefetchPlan,
} from "./plan-prefetch";
import { planVerdict, type Verdict } from "./verdict";

const URL = "https://host/x.gguf";
const NOW = "2026-03-01T12:00:00Z";

function wanted(source = URL, status: Model["status"] = {}): Model {
  return { ...aModel({ metadata: { name: "phi" } }), spec: { source, prefetch: true }, status };
}

const over = (type: "Complete" | "Failed"): Job =>
  aJob({ status: { conditions: [{ type, status: "True" }] } });

describe("wantsPrefetch", () => {
  it.each<[string, boolean]>([
    [URL, true],
    ["http://host/x.gguf", true],
    ["https://huggingface.co/o/r/resolve/main/x.gguf", true],
    ["https://huggingface.co/o/r", true],
    ["hf://o/r", true],
    ["hf://o/r/file.gguf", true],
    ["o/r", false],
    ["s3://bucket/x.gguf", false],
    ["pvc://claim/x.gguf", false],
    ["/srv/x.gguf", false],
  ])("%s: %s", (source, expected) => {
    expect(wantsPrefetch(wanted(source))).toBe(expected);
  });

  it("asks for nothing that nobody asked for", () => {
    expect(wantsPrefetch({ ...wanted(), spec: { source: URL } })).toBe(false);
  });

  it.each([
    ["with a key has nothing to gain", { phase: "Ready", cacheKey: "k" }, false],
    ["without a key is fetched", { phase: "Ready" }, true],
  ])("a Model that is Ready %s", (_title, status, expected) => {
    expect(wantsPrefetch(wanted("hf://o/r", status))).toBe(expected);
  });
});

describe("planPrefetch", () => {
  const verdictOf = (plan: PrefetchPlan): Verdict | null =>
    plan.kind === "known" ? plan.verdict : null;

  it("starts without a Job, and waits for a look at the watch", () => {
    expect(planPrefetch(wanted(), null, true)).toEqual({ kind: "start" });
    expect(prefetchStarted(wanted())).toMatchObject({
      phase: "Downloading",
      conditions: [{ type: "Progressing", status: "True", reason: "PrefetchStarted" }],
      fields: { cacheKey: computeCacheKey(URL) },
      requeueAfterMs: 15_000,
    });
  });

  it("says nothing new while the Job runs, unless nothing was said before", () => {
    const plan = planPrefetch(wanted(), aJob(), true);
    expect(verdictOf(plan)?.conditions[0]?.reason).toBe("PrefetchRunning");
    const downloading = wanted(URL, { phase: "Downloading" });
    expect(planPrefetch(downloading, aJob(), true)).toEqual({
      kind: "known",
      verdict: null,
      requeueAfterMs: 15_000,
    });
  });

  it("is Ready with its key, and without a size, when the Job is complete", () => {
    expect(verdictOf(planPrefetch(wanted(), over("Complete"), true))).toEqual({
      phase: "Ready",
      conditions: [
        {
          type: "Available",
          status: "True",
          reason: "ModelPrefetched",
          message: 'The weights are on claim "llmkube-model-cache"',
        },
      ],
      fields: { cacheKey: computeCacheKey(URL), acceleratorReady: true },
    });
  });

  it("fails with the Job and names it", () => {
    const verdict = verdictOf(planPrefetch(wanted(), over("Failed"), true));
    expect(verdict).toMatchObject({
      phase: "Failed",
      conditions: [{ type: "Progressing", status: "False", reason: "PrefetchFailed" }],
    });
    expect(verdict?.conditions[0]?.message).toContain('"llama-3-8b-prefetch"');
  });

  it.each<[string, Job["metadata"]]>([
    [
      "of an earlier Model of that name",
      {
        ...aJob().metadata,
        ownerReferences: [
          { apiVersion: "v1", kind: "Model", name: "phi", uid: "old", controller: true },
        ],
      },
    ],
    ["that is being deleted", { ...aJob().metadata, deletionTimestamp: NOW }],
  ])("believes no Job %s", (_title, metadata) => {
    const job = { ...over("Complete"), metadata };
    expect(planPrefetch(wanted(), job, true)).toEqual({ kind: "wait", requeueAfterMs: 5_000 });
  });

  it("keeps a key that is recorded, whatever the source says now", () => {
    const model = wanted(URL, { phase: "Failed", cacheKey: "old" });
    expect(verdictOf(planPrefetch(model, over("Complete"), true))?.fields?.cacheKey).toBe("old");
  });
});

describe("the course of a prefetch", () => {
  const conditions = (verdicts: readonly Verdict[], improvements: typeof ALL_IMPROVEMENTS) => {
    const status = verdicts.reduce<Model["status"]>(
      (before, verdict) =>
        planVerdict({ model: wanted(URL, before), improvements, now: NOW }, verdict).status,
      {},
    );
    return status?.conditions?.map(({ type, status: value, reason }) =>
      [type, value, reason].join(" "),
    );
  };
  const complete = planPrefetch(wanted(), over("Complete"), true);
  const ready = complete.kind === "known" && complete.verdict ? [complete.verdict] : [];

  it("leaves no wait behind, which LLMKube does", () => {
    const course = [prefetchStarted(wanted()), ...ready];
    expect(conditions(course, NO_IMPROVEMENTS)).toEqual([
      "Progressing True PrefetchStarted",
      "Available True ModelPrefetched",
    ]);
    expect(conditions(course, ALL_IMPROVEMENTS)).toEqual([
      "Progressing False Superseded",
      "Available True ModelPrefetched",
    ]);
  });

  it.each([NO_IMPROVEMENTS, ALL_IMPROVEMENTS])("ends its own wait when it fails", (mode) => {
    const course = [prefetchStarted(wanted()), prefetchFailed("PrefetchInvalid", "no")];
    expect(conditions(course, mode)).toEqual(["Progressing False PrefetchInvalid"]);
  });
});
