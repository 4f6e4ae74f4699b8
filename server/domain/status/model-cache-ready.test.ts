import { describe, expect, it } from "vitest";

import { aClaim, aModel, anInferenceService, aPod } from "@/server/testing/builders";
import { computeCacheKey } from "../cache-key";
import type { InferenceService, Pod } from "../objects";
import { DEFAULT_OPERATOR_SETTINGS, type OperatorSettings } from "../operator-settings";
import { planCacheCondition, type CacheConditionInput } from "./model-cache-ready";

const SOURCE = "https://host/x.gguf";
const model = aModel({
  spec: { source: SOURCE },
  status: { phase: "Ready", cacheKey: computeCacheKey(SOURCE) },
});
const settings: OperatorSettings = { ...DEFAULT_OPERATOR_SETTINGS, claimRule: "whereMounted" };
const service = (spec: Partial<InferenceService["spec"]> = {}): InferenceService => ({
  ...anInferenceService(),
  spec: { modelRef: "m", modelCache: { claimName: "mine" }, ...spec },
});
const podOn = (claimName: string): Pod =>
  aPod({
    spec: {
      containers: [],
      volumes: [{ name: "model-cache", persistentVolumeClaim: { claimName } }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  });

const condition = (patch: Partial<CacheConditionInput> = {}) => {
  const told = planCacheCondition({
    service: service(),
    model,
    draft: null,
    settings,
    claimMissing: false,
    claim: aClaim({ metadata: { name: "mine" }, status: { phase: "Bound" } }),
    pods: [],
    desired: 1,
    ...patch,
  });
  return told === null ? null : `${told.status} ${told.reason}`;
};

describe("planCacheCondition", () => {
  it.each<[string, Partial<CacheConditionInput>, string | null]>([
    ["in use by every ready pod", { pods: [podOn("mine")] }, "True InUse"],
    ["no pod is ready yet", {}, "Unknown PodsNotReady"],
    ["old pods serve from elsewhere", { pods: [podOn("other")] }, "Unknown RollingOut"],
    ["no pod is wanted", { desired: 0 }, "Unknown NoPodsWanted"],
    ["missing", { claimMissing: true, claim: null }, "False ModelCacheClaimNotFound"],
    ["lost", { claim: aClaim({ status: { phase: "Lost" } }) }, "False ModelCacheClaimLost"],
    [
      "going away",
      { claim: aClaim({ metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }) },
      "False ModelCacheClaimTerminating",
    ],
    [
      "the source was edited",
      { model: aModel({ spec: { source: "https://host/y.gguf" }, status: model.status }) },
      "False StaleCacheKey",
    ],
    ["no Model", { model: null }, "Unknown ModelNotReady"],
    [
      "ignored for a pre-staged source",
      {
        model: aModel({ spec: { source: "pvc://c/x" }, status: { phase: "Ready", cacheKey: "k" } }),
      },
      "False IgnoredPreStaged",
    ],
    [
      "ignored while caching is off",
      { settings: { ...settings, cachePath: "" } },
      "False IgnoredCachingDisabled",
    ],
    [
      "ignored without a volume",
      { service: service({ skipModelInit: true }) },
      "False IgnoredSkipModelInit",
    ],
    [
      "ignored by the runtime",
      { service: service({ runtime: "tgi" }) },
      "False IgnoredRuntimeWithoutInit",
    ],
    ["no claim at all", { service: service({ modelCache: { persistence: "Ephemeral" } }) }, null],
    [
      "the shared claim",
      { service: service({ modelCache: {} }), pods: [podOn("llmkube-model-cache")] },
      "True InUse",
    ],
  ])("%s", (_title, patch, expected) => {
    expect(condition(patch)).toBe(expected);
  });
});
