import { describe, expect, it } from "vitest";

import type { EndpointSlice } from "../objects";
import { readMetalReport } from "./metal-agent";

const NOW = Date.parse("2026-03-01T12:00:00Z");

function slice(heartbeat: string | null, ready: readonly (boolean | undefined)[]): EndpointSlice {
  return {
    metadata: {
      name: "chat",
      namespace: "prod",
      uid: "u",
      resourceVersion: "1",
      creationTimestamp: "2026-03-01T11:00:00Z",
      ...(heartbeat === null ? {} : { annotations: { "llmkube.ai/agent-heartbeat": heartbeat } }),
    },
    addressType: "IPv4",
    endpoints: ready.map((one) => ({
      addresses: ["10.0.0.1"],
      conditions: one === undefined ? {} : { ready: one },
    })),
  };
}

const FRESH = "2026-03-01T11:58:00Z";
const OLD = "2026-03-01T11:56:59Z";

describe("readMetalReport", () => {
  it.each<[string, readonly EndpointSlice[], number, string, number]>([
    ["no slice yet", [], 0, "WaitingForMetalAgent", 30_000],
    ["a fresh heartbeat", [slice(FRESH, [true])], 1, "WaitingForMetalAgent", 90_000],
    ["readiness that is not told", [slice(FRESH, [undefined])], 1, "WaitingForMetalAgent", 90_000],
    ["nothing ready", [slice(FRESH, [false])], 0, "WaitingForMetalAgent", 90_000],
    ["an agent without heartbeat", [slice(null, [true])], 1, "WaitingForMetalAgent", 30_000],
    ["an old heartbeat", [slice(OLD, [true])], 0, "AgentHeartbeatStale", 90_000],
    ["a heartbeat that is no time", [slice("soon", [true])], 0, "AgentHeartbeatStale", 30_000],
    [
      "a mirrored slice beside a fresh one",
      [slice(null, [true]), slice(FRESH, [true])],
      2,
      "WaitingForMetalAgent",
      90_000,
    ],
    [
      "the freshest of several",
      [slice(OLD, [true]), slice(FRESH, []), slice("soon", [])],
      1,
      "WaitingForMetalAgent",
      90_000,
    ],
  ])("%s", (_title, slices, ready, status, recheckAfterMs) => {
    const report = readMetalReport(slices, NOW);
    expect([report.ready, report.info.status, report.recheckAfterMs]).toEqual([
      ready,
      status,
      recheckAfterMs,
    ]);
  });

  it("names what it heard last", () => {
    expect(readMetalReport([slice(OLD, [])], NOW).info.message).toContain("2026-03-01T11:56:59");
    expect(readMetalReport([slice("soon", [])], NOW).info.message).toContain('"soon"');
  });
});
