import { describe, expect, it } from "vitest";

import { reconnectDelayMs, toLiveState, type StreamFacts } from "./live-state";

const NOW = 1_000_000;
const facts = (change: Partial<StreamFacts> = {}): StreamFacts => ({
  connection: "open",
  lostAt: null,
  lastMessageAt: NOW - 1_000,
  clusterConnected: true,
  clusterObservedAt: NOW - 1_000,
  problem: null,
  ...change,
});

describe("toLiveState", () => {
  it.each([
    ["live while the stream is open", facts(), "Live"],
    ["live before the cluster topic has come", facts({ clusterConnected: null }), "Live"],
    ["paused whatever else holds", facts({ connection: "paused", lostAt: 1 }), "Paused"],
    ["reconnecting at first", facts({ connection: "connecting" }), "Reconnecting"],
    [
      "reconnecting during a hiccup",
      facts({ connection: "lost", lostAt: NOW - 4_999 }),
      "Reconnecting",
    ],
    ["stale after that", facts({ connection: "lost", lostAt: NOW - 5_000 }), "Stale"],
    ["stale when the server lost its cluster", facts({ clusterConnected: false }), "Stale"],
  ])("is %s", (_name, input, expected) => {
    expect(toLiveState(input, NOW).name).toBe(expected);
  });

  it("says since when nothing new came, not since when it noticed", () => {
    const lost = facts({ connection: "lost", lostAt: NOW - 9_000, lastMessageAt: NOW - 20_000 });
    expect(toLiveState(lost, NOW)).toEqual({ name: "Stale", since: NOW - 20_000 });
    const blind = facts({ clusterConnected: false, clusterObservedAt: NOW - 60_000 });
    expect(toLiveState(blind, NOW)).toEqual({ name: "Stale", since: NOW - 60_000 });
  });
});

describe("reconnectDelayMs", () => {
  it("doubles, is capped, and never synchronises tabs", () => {
    expect(reconnectDelayMs(0, 0.5)).toBe(500);
    expect(reconnectDelayMs(3, 0.5)).toBe(4_000);
    expect(reconnectDelayMs(30, 0.5)).toBe(15_000);
    expect(reconnectDelayMs(0, 0)).toBeLessThan(reconnectDelayMs(0, 1));
  });
});
