import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import type { Condition } from "../objects";
import { planRollout, waitsForIdle, type IdleVerdict } from "./rollout-deferral";

const NOW = new Date("2026-03-01T12:00:00Z");
const service = anInferenceService({
  spec: { modelRef: "m", rolloutPolicy: { waitForIdle: true } },
});
const deferredSince = (at: string): Condition => ({
  type: "RolloutDeferred",
  status: "True",
  reason: "PodsBusy",
  message: "m",
  lastTransitionTime: at,
});
const plan = (idle: IdleVerdict, previous: Condition | null = null, ready = 1) =>
  planRollout({ service, idle, pods: { total: 1, ready }, previous, now: NOW });

describe("planRollout", () => {
  it("rolls out at once when nothing is being worked on", () => {
    expect(plan({ kind: "idle" })).toEqual({ kind: "proceed", condition: null });
  });

  it.each<[IdleVerdict, number, string]>([
    [{ kind: "busy" }, 1, "PodsBusy"],
    [{ kind: "busy" }, 0, "PodsCrashLooping"],
    [{ kind: "failed", message: "m" }, 1, "IdleCheckFailed"],
    [{ kind: "unsupported" }, 1, "IdleCheckUnsupported"],
  ])("holds back while %o (%i ready) and looks again in 5 s", (idle, ready, reason) => {
    expect(plan(idle, null, ready)).toMatchObject({
      kind: "defer",
      condition: { status: "True", reason },
      requeueAfterMs: 5_000,
    });
  });

  it("looks again when the time is up rather than later", () => {
    const plan1 = plan({ kind: "busy" }, deferredSince("2026-03-01T11:55:02Z"));
    expect(plan1).toMatchObject({ kind: "defer", requeueAfterMs: 2_001 });
  });

  it("rolls out in spite of requests when the time is up", () => {
    expect(plan({ kind: "busy" }, deferredSince("2026-03-01T11:54:59Z"))).toMatchObject({
      kind: "proceed",
      condition: { status: "False", reason: "IdleTimeoutExceeded" },
    });
  });

  it.each([
    [{ waitForIdle: true }, true],
    [{ waitForIdle: true, force: true }, false],
    [{ waitForIdle: false }, false],
    [undefined, false],
  ])("waits under the policy %o: %s", (rolloutPolicy, waits) => {
    const spec = { modelRef: "m", ...(rolloutPolicy && { rolloutPolicy }) };
    expect(waitsForIdle(anInferenceService({ spec }))).toBe(waits);
  });
});
