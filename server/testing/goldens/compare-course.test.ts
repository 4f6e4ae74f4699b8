import { describe, expect, it } from "vitest";

import { compareHashChanges, compareTimeline } from "./compare-course";
import { compareNames, namesIn } from "./compare-names";
import type { GoldenCase, JsonObject } from "./golden-case";

const HASH = "llmkube.ai/desired-template-hash";
const withHash = (hash: string): JsonObject => ({
  deployments: [{ metadata: { name: "d", annotations: { [HASH]: hash } } }],
});
const pair = (recorded: string, actual: string) => ({
  recorded: withHash(recorded),
  actual: withHash(actual),
});

describe("compareHashChanges", () => {
  it.each([
    ["both change", pair("a", "1"), pair("b", "2"), 0],
    ["neither changes", pair("a", "1"), pair("a", "1"), 0],
    ["only the recorded one changes", pair("a", "1"), pair("b", "1"), 1],
    ["only ours changes", pair("a", "1"), pair("a", "2"), 1],
  ])("%s", (_title, before, now, differences) => {
    expect(compareHashChanges(before, now)).toHaveLength(differences);
  });
});

const state = (phase: string, ...conditions: string[]): JsonObject => ({
  s: { phase, conditions: conditions.map((type) => ({ type, status: "True", reason: "R" })) },
  _deployments: [],
});
const timeline = (...states: JsonObject[]): JsonObject => ({
  timeline: states.map((one, index) => ({ afterSeconds: index, state: one })),
});

describe("compareTimeline", () => {
  it("takes no notice of the order of conditions", () => {
    expect(
      compareTimeline(timeline(state("Failed", "A", "B")), [state("Failed", "B", "A")]),
    ).toEqual([]);
  });

  it.each([
    ["another state in between", [state("Failed"), state("Ready")]],
    ["another state", [state("Ready")]],
  ])("tells %s", (_title, states) => {
    expect(compareTimeline(timeline(state("Failed")), states)).not.toEqual([]);
  });
});

describe("compareNames", () => {
  const golden: GoldenCase = {
    name: "g",
    namespace: "ns",
    snapshots: [],
    apiResponses: [],
    steps: [
      {
        kind: "apply",
        object: { metadata: { name: "chat" }, spec: { modelCache: { claimName: "mine" } } },
      },
    ],
  };
  const says = (message: string): JsonObject => ({
    inferenceServices: [
      { metadata: { name: "chat" }, status: { conditions: [{ type: "Degraded", message }] } },
    ],
  });

  it("wants every object that a recorded text names, quoted or not", () => {
    const differences = compareNames(
      says("claim mine is not in ns"),
      says("not in ns"),
      namesIn(golden),
    );
    expect(differences).toEqual(["inferenceServices.chat.Degraded: does not name mine"]);
  });

  it("takes no part of a longer name for one", () => {
    expect(compareNames(says("chat-cache"), says("other"), namesIn(golden))).toEqual([]);
  });
});
