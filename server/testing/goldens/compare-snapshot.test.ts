import { describe, expect, it } from "vitest";

import { compareSnapshot, missingValues } from "./compare-snapshot";
import type { JsonObject } from "./golden-case";

const claim = (patch: JsonObject = {}): JsonObject => ({
  persistentVolumeClaims: [{ metadata: { name: "c", ...patch }, spec: { size: 1 }, status: {} }],
});
const service = (status: JsonObject, spec: JsonObject = {}): JsonObject => ({
  inferenceServices: [{ metadata: { name: "s" }, spec, status }],
});
const event = (note: string): JsonObject => ({
  type: "Warning",
  reason: "R",
  action: "Reconcile",
  note,
  regarding: { kind: "InferenceService", name: "s" },
});

describe("compareSnapshot", () => {
  it("finds nothing in equal snapshots", () => {
    expect(compareSnapshot(claim(), claim())).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    ["a missing object", claim(), {}, "persistentVolumeClaims.c"],
    ["another object", {}, claim(), "persistentVolumeClaims.c"],
    ["a label", claim(), claim({ labels: { a: "b" } }), "labels.a"],
    ["a field that is not there", service({ phase: "Ready" }), service({}), "status.phase"],
    ["a field too many", service({}), service({ phase: "Ready" }), "status.phase"],
    ["a time that is not there", service({ at: "<time>" }), service({}), "status.at"],
    [
      "a value that the text lacks",
      service({ message: 'no claim "x"' }),
      service({ message: "no claim" }),
      '"x"',
    ],
    ["an event too few", { operatorEvents: [event("n")] }, {}, "operatorEvents"],
    [
      "an event without its values",
      { operatorEvents: [event('"x"')] },
      { operatorEvents: [event("none")] },
      '"x"',
    ],
    [
      "a lost annotation",
      claim({ annotations: { "volume.kubernetes.io/selected-node": "a" } }),
      claim(),
      "selected-node",
    ],
  ])("tells %s", (_title, recorded, actual, told) => {
    expect(compareSnapshot(recorded, actual).join("\n")).toContain(told);
  });
});

describe("missingValues", () => {
  it("lists each quoted value once", () => {
    expect(missingValues('"one" "two" "one" "three"', "only three")).toEqual(['"one"', '"two"']);
  });
});
