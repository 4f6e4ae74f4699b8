import { describe, expect, it } from "vitest";

import { toConditionView, toneOf } from "./condition-polarity";

describe("toneOf", () => {
  it.each([
    ["Available", "True", "InferenceReady", "good"],
    ["Available", "False", "NoReadyReplicas", "bad"],
    ["Available", "False", "Suspended", "neutral"],
    ["Available", "False", "ManuallyScaledToZero", "neutral"],
    ["Degraded", "True", "Failed", "bad"],
    ["Degraded", "False", "Ok", "good"],
    ["Progressing", "True", "Creating", "neutral"],
    ["Suspended", "False", "NotSuspended", "neutral"],
    ["ModelTransferHealthy", "False", "ModelSourceNotFound", "bad"],
    ["GPUAvailable", "False", "InsufficientGPU", "bad"],
    ["Available", "Unknown", "?", "neutral"],
    ["SomethingNew", "True", "?", "neutral"],
  ])("%s=%s (%s) is %s", (type, status, reason, tone) => {
    expect(toneOf({ type, status, reason })).toBe(tone);
  });
});

describe("toConditionView", () => {
  it("makes the cluster's text harmless", () => {
    const view = toConditionView({
      type: "Degraded",
      status: "True",
      reason: "Failed",
      message: "no \u001b[31m https://u:p@h/x?token=secret",
      lastTransitionTime: "2026-03-01T11:00:00Z",
    });

    expect(view).toMatchObject({ tone: "bad", message: "no [31m https://h/x" });
  });
});
