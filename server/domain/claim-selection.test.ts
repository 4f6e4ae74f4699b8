import { describe, expect, it } from "vitest";

import type { ClaimPlan } from "./claim-selection";
import { planClaim } from "./claim-selection";
import type { InferenceService, Model } from "./objects";
import type { OperatorSettings } from "./operator-settings";
import { DEFAULT_OPERATOR_SETTINGS } from "./operator-settings";

const KEY = "0123456789abcdef";
const meta = (name: string) => ({
  name,
  namespace: "ns",
  uid: name,
  resourceVersion: "1",
  creationTimestamp: "2026-01-01T00:00:00Z",
});
const service = (spec: Partial<InferenceService["spec"]> = {}): InferenceService => ({
  metadata: meta("chat"),
  spec: { modelRef: "m", ...spec },
});
const model = (source: string, cacheKey = KEY, spec: Partial<Model["spec"]> = {}): Model => ({
  metadata: meta("m"),
  spec: { source, ...spec },
  status: { cacheKey },
});
const settings = (patch: Partial<OperatorSettings> = {}): OperatorSettings => ({
  ...DEFAULT_OPERATOR_SETTINGS,
  ...patch,
});

const REMOTE = model("https://host/x.gguf");
const declared = { modelCache: { claimName: "mine" } };
const ephemeral = { modelCache: { persistence: "Ephemeral" as const } };
const metal = { hardware: { accelerator: "metal" } };
const off = settings({ cachePath: "" });
const perService = settings({ cacheMode: "perService" });
const none = (cause: NonNullable<ClaimPlan["ignored"]>["cause"], event: boolean) => ({
  cause,
  event,
});

type Row = [
  string,
  { service: InferenceService; model: Model | null; settings: OperatorSettings },
  ClaimPlan,
];

describe("planClaim", () => {
  it.each<Row>([
    [
      "the user's claim wins over the shared one",
      { service: service(declared), model: REMOTE, settings: settings() },
      { kind: "UserOwned", effectiveClaim: "mine", needsClaim: true, ignored: null },
    ],
    [
      "the user's claim wins over the service's own",
      { service: service(declared), model: REMOTE, settings: perService },
      { kind: "UserOwned", effectiveClaim: "mine", needsClaim: true, ignored: null },
    ],
    [
      "shared by default",
      { service: service(), model: REMOTE, settings: settings() },
      { kind: "Shared", effectiveClaim: "llmkube-model-cache", needsClaim: true, ignored: null },
    ],
    [
      "one for each service when the operator says so",
      { service: service(), model: REMOTE, settings: perService },
      { kind: "PerService", effectiveClaim: "chat-model-cache", needsClaim: true, ignored: null },
    ],
    [
      "ephemeral needs none",
      { service: service(ephemeral), model: REMOTE, settings: settings() },
      { kind: "Ephemeral", effectiveClaim: null, needsClaim: false, ignored: null },
    ],
    [
      "pvc:// ignores the declared claim and says so",
      { service: service(declared), model: model("pvc://c/x.gguf"), settings: settings() },
      {
        kind: "PreStaged",
        effectiveClaim: null,
        needsClaim: false,
        ignored: none("PreStaged", true),
      },
    ],
    [
      "pvc:// without a declared claim has nothing to ignore",
      { service: service(), model: model("pvc://c/x.gguf"), settings: settings() },
      { kind: "PreStaged", effectiveClaim: null, needsClaim: false, ignored: null },
    ],
    [
      "caching switched off",
      { service: service(declared), model: REMOTE, settings: off },
      {
        kind: "None",
        effectiveClaim: null,
        needsClaim: false,
        ignored: none("CachingDisabled", true),
      },
    ],
    [
      "caching switched off is named before the missing key",
      { service: service(declared), model: model("hf://o/r", ""), settings: off },
      {
        kind: "None",
        effectiveClaim: null,
        needsClaim: false,
        ignored: none("CachingDisabled", true),
      },
    ],
    [
      "no cache key",
      { service: service(declared), model: model("hf://o/r", ""), settings: settings() },
      { kind: "None", effectiveClaim: null, needsClaim: false, ignored: none("NoCacheKey", true) },
    ],
    [
      "metal with a key is silent, yet the claim is insisted on",
      { service: service(declared), model: model("https://h/x", KEY, metal), settings: settings() },
      { kind: "None", effectiveClaim: null, needsClaim: true, ignored: none("Metal", false) },
    ],
    [
      "metal without a key is announced",
      { service: service(declared), model: model("/data/x", "", metal), settings: settings() },
      { kind: "None", effectiveClaim: null, needsClaim: false, ignored: none("NoCacheKey", true) },
    ],
    [
      "a runtime that fetches by itself is silent, yet the claim is insisted on",
      { service: service({ ...declared, runtime: "tgi" }), model: REMOTE, settings: settings() },
      {
        kind: "None",
        effectiveClaim: null,
        needsClaim: true,
        ignored: none("RuntimeWithoutInit", false),
      },
    ],
    [
      "a runtime that fetches by itself, without a key, is announced",
      {
        service: service({ ...declared, runtime: "tgi" }),
        model: model("hf://o/r", ""),
        settings: settings(),
      },
      { kind: "None", effectiveClaim: null, needsClaim: false, ignored: none("NoCacheKey", true) },
    ],
    [
      "skipModelInit is silent",
      {
        service: service({ ...declared, skipModelInit: true }),
        model: REMOTE,
        settings: settings(),
      },
      {
        kind: "None",
        effectiveClaim: null,
        needsClaim: true,
        ignored: none("SkipModelInit", false),
      },
    ],
    [
      "without a Model nothing can be said",
      { service: service(declared), model: null, settings: settings() },
      { kind: "Unknown", effectiveClaim: null, needsClaim: false, ignored: null },
    ],
  ])("%s", (_title, subject, plan) => {
    expect(planClaim(subject)).toEqual(plan);
  });

  it.each(["vllm", "sglang", "", undefined])("runtime %s mounts the cache", (runtime) => {
    const spec = runtime === undefined ? {} : { runtime };
    const plan = planClaim({ service: service(spec), model: REMOTE, settings: settings() });
    expect(plan.effectiveClaim).toBe("llmkube-model-cache");
  });
});
