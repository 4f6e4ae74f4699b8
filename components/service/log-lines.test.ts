import { describe, expect, it } from "vitest";

import type { PodView } from "@/server/contract/service-view";
import { parseProgress, pickContainer, toLogRows } from "./log-lines";

type Container = PodView["containers"][number];
const container = (name: string, change: Partial<Container> = {}): Container => ({
  name,
  init: false,
  state: "Running",
  reason: null,
  exitCode: null,
  restarts: 0,
  hasPrevious: false,
  ...change,
});
const pod = (name: string, ...containers: Container[]): PodView => ({
  name,
  phase: "Running",
  ready: true,
  nodeName: "gpu-1",
  containers,
});
const done = { init: true, state: "Terminated", exitCode: 0 } as const;

describe("pickContainer", () => {
  it.each<[string, PodView[], string | null]>([
    ["nothing without pods", [], null],
    ["the serving container", [pod("a", container("prep", done), container("serve"))], "a/serve"],
    [
      "the container that failed, of whichever pod",
      [
        pod("a", container("serve")),
        pod("b", container("fetch", { ...done, exitCode: 23 }), container("serve")),
      ],
      "b/fetch",
    ],
    [
      "a download that is running before what waits for it",
      [pod("a", container("fetch", { init: true }), container("serve", { state: "Waiting" }))],
      "a/fetch",
    ],
    [
      "one that is being backed off",
      [pod("a", container("serve", { state: "Waiting", reason: "CrashLoopBackOff" }))],
      "a/serve",
    ],
  ])("picks %s", (_name, pods, expected) => {
    const chosen = pickContainer(pods);
    expect(chosen && `${chosen.pod}/${chosen.container}`).toBe(expected);
  });
});

describe("progress lines", () => {
  it("tells rate and what is left", () => {
    expect(parseProgress("progress file=a b.gguf received=500 total=1500 rate=100")).toEqual({
      file: "a b.gguf",
      receivedBytes: 500,
      totalBytes: 1500,
      bytesPerSecond: 100,
      etaSeconds: 10,
    });
  });
  it("invents nothing where the log does not say", () => {
    expect(parseProgress("progress file=a received=0 total=unknown rate=0")).toMatchObject({
      totalBytes: null,
      bytesPerSecond: null,
      etaSeconds: null,
    });
    expect(parseProgress("Model downloaded successfully")).toBeNull();
  });
  it("folds the lines of one file into one row, and starts another for the next file", () => {
    const rows = toLogRows([
      "progress file=a received=1 total=2 rate=1",
      "progress file=a received=2 total=2 rate=1",
      "progress file=b received=1 total=2 rate=1",
      "curl: (22) The requested URL returned error: 404",
    ]);
    expect(rows.map((row) => (row.type === "progress" ? row.progress.file : row.tone))).toEqual([
      "a",
      "b",
      "error",
    ]);
  });
});
