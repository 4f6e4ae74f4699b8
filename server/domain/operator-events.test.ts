import { describe, expect, it } from "vitest";

import { aModel, anEvent, anInferenceService } from "@/server/testing/builders";
import type { Improvements } from "./improvements";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "./improvements";
import type { InferenceService, Model } from "./objects";
import {
  buildServiceEvent,
  claimMissingEvent,
  planAdviceEvents,
  planEventRepeat,
} from "./operator-events";
import type { OperatorSettings } from "./operator-settings";
import { DEFAULT_OPERATOR_SETTINGS } from "./operator-settings";

const CLAIMED = { modelCache: { claimName: "mine" } };
const NOW = "2026-03-01T12:00:00.000Z";

function advice(
  spec: Partial<InferenceService["spec"]>,
  model: Model,
  settings: Partial<OperatorSettings> = {},
) {
  return planAdviceEvents({
    service: { ...anInferenceService(), spec: { modelRef: "m", ...spec } },
    model,
    draft: null,
    improvements: ALL_IMPROVEMENTS,
    settings: { ...DEFAULT_OPERATOR_SETTINGS, ...settings },
  });
}
const reasons = (...given: Parameters<typeof advice>) =>
  advice(...given).map(({ reason }) => reason);

describe("planAdviceEvents", () => {
  const repository = aModel({ spec: { source: "hf://o/r" }, status: { cacheKey: undefined } });
  const ephemeral = { modelCache: { persistence: "Ephemeral" as const } };

  it.each<[string, Parameters<typeof advice>, readonly string[]]>([
    ["a claim in use", [CLAIMED, aModel()], []],
    ["no claim, nothing to ignore", [{}, aModel({ spec: { source: "pvc://c/x" } })], []],
    [
      "pre-staged",
      [CLAIMED, aModel({ spec: { source: "pvc://c/x" } })],
      ["ModelCacheClaimIgnored"],
    ],
    ["caching off", [CLAIMED, aModel(), { cachePath: "" }], ["ModelCacheClaimIgnored"]],
    ["no key", [CLAIMED, repository], ["ModelCacheClaimIgnored", "MissingSkipModelInit"]],
    ["a silent cause", [{ ...CLAIMED, skipModelInit: true }, aModel()], []],
    ["ephemeral without a budget", [ephemeral, aModel()], ["UnboundedEphemeralCache"]],
    [
      "ephemeral without a budget, pre-staged",
      [ephemeral, aModel({ spec: { source: "pvc://c/x" } })],
      ["UnboundedEphemeralCache"],
    ],
    [
      "ephemeral with a budget",
      [{ ...ephemeral, resources: { ephemeralStorage: "9Gi" } }, aModel()],
      [],
    ],
    ["offloading without memory", [{ noKvOffload: true }, aModel()], ["MissingMemoryRequest"]],
    [
      "offloading with memory",
      [{ moeCPUOffload: true, resources: { hostMemory: "9Gi" } }, aModel()],
      [],
    ],
    [
      "listed files of a repository are cached, yet said to be fetched",
      [{}, aModel({ spec: { source: "hf://o/r", files: ["a.gguf"] } })],
      ["MissingSkipModelInit"],
    ],
  ])("%s", (_title, given, expected) => {
    expect(reasons(...given)).toEqual(expected);
  });

  it("says nothing of init containers to pods that have none, which LLMKube does", () => {
    const tgi = anInferenceService({ spec: { modelCache: undefined, runtime: "tgi" } });
    const subject = {
      service: tgi,
      model: repository,
      draft: null,
      settings: DEFAULT_OPERATOR_SETTINGS,
    };
    const said = (improvements: Improvements) =>
      planAdviceEvents({ ...subject, improvements }).map(({ reason }) => reason);
    expect(said(ALL_IMPROVEMENTS)).toEqual([]);
    expect(said(NO_IMPROVEMENTS)).toEqual(["MissingSkipModelInit"]);
  });

  it("names source, flag and Model of what is ignored", () => {
    expect(advice(CLAIMED, aModel({ spec: { source: "pvc://c/x" } }))[0]?.message).toContain(
      '"pvc://c/x"',
    );
    expect(advice(CLAIMED, aModel(), { cachePath: "" })[0]?.message).toContain(
      "--model-cache-path",
    );
    expect(advice(CLAIMED, repository)[0]?.message).toContain('"llama-3-8b"');
  });
});

describe("claimMissingEvent", () => {
  it("names claim and namespace", () => {
    expect(claimMissingEvent(anInferenceService(), "mine").message).toMatch(/"mine".*"ml"/);
  });
});

describe("buildServiceEvent", () => {
  const service = anInferenceService();
  const event = claimMissingEvent(service, "mine");

  it("has the same name for the same words, and another for others", () => {
    const name = (claim: string, now: string) =>
      buildServiceEvent(service, claimMissingEvent(service, claim), now).metadata.name;
    expect(name("mine", NOW)).toBe(name("mine", "2026-03-02T12:00:00Z"));
    expect(name("other", NOW)).not.toBe(name("mine", NOW));
  });

  it("regards the service and has the recorder's form", () => {
    expect(buildServiceEvent(service, event, NOW)).toMatchObject({
      involvedObject: { kind: "InferenceService", name: "llama", namespace: "ml" },
      action: "Reconcile",
      eventTime: "2026-03-01T12:00:00.000000Z",
      reportingComponent: "inferenceservice-controller",
    });
  });

  it("keeps name and text within the API's limits", () => {
    const long = anInferenceService({ metadata: { name: "n".repeat(253) } });
    const built = buildServiceEvent(long, { ...event, message: "m".repeat(2000) }, NOW);
    expect(built.metadata.name.length).toBe(253);
    expect(built.message.length).toBe(1024);
  });
});

describe("planEventRepeat", () => {
  const event = anEvent({ eventTime: "2026-03-01T11:50:00.000000Z" });

  it("counts up after some minutes, not before", () => {
    expect(planEventRepeat(event, "2026-03-01T11:54:59Z")).toBeNull();
    expect(planEventRepeat(event, NOW)).toEqual({
      series: { count: 2, lastObservedTime: "2026-03-01T12:00:00.000000Z" },
    });
  });

  it("goes on from the last count", () => {
    const series = { count: 4, lastObservedTime: "2026-03-01T11:59:00.000000Z" };
    const repeated = anEvent({ ...event, series });
    expect(planEventRepeat(repeated, NOW)).toBeNull();
    expect(planEventRepeat(repeated, "2026-03-01T12:10:00Z")?.series.count).toBe(5);
  });
});
