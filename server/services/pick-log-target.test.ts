import { describe, expect, it } from "vitest";

import type { Pod } from "@/server/domain/objects";
import { aContainerStatus, aPod } from "@/server/testing/builders";
import { pickLogTarget } from "./pick-log-target";

type State = "running" | "failed" | "crashing" | "restarted" | "done" | "waiting";

const STATES = {
  running: { running: { startedAt: "2026-03-01T11:01:00Z" } },
  failed: { terminated: { exitCode: 22, reason: "Error" } },
  crashing: { waiting: { reason: "CrashLoopBackOff" } },
  restarted: { running: { startedAt: "2026-03-01T11:05:00Z" } },
  done: { terminated: { exitCode: 0, reason: "Completed" } },
  waiting: { waiting: { reason: "PodInitializing" } },
};

function pod(
  name: string,
  containers: { prep: State; downloader: State; server: State },
  createdAt = "2026-03-01T11:00:00Z",
): Pod {
  const status = (container: string, state: State) =>
    aContainerStatus(container, STATES[state], {
      lastState: ["crashing", "restarted"].includes(state) ? { terminated: { exitCode: 1 } } : {},
    });
  const base = aPod({ metadata: { name, creationTimestamp: createdAt } });
  return {
    ...base,
    spec: {
      ...base.spec,
      initContainers: [{ name: "model-cache-prep" }, { name: "model-downloader" }],
      containers: [{ name: "llama-server" }],
    },
    status: {
      initContainerStatuses: [
        status("model-cache-prep", containers.prep),
        status("model-downloader", containers.downloader),
      ],
      containerStatuses: [status("llama-server", containers.server)],
    },
  };
}

const HEALTHY = { prep: "done", downloader: "done", server: "running" } as const;
const LOADING = { prep: "done", downloader: "running", server: "waiting" } as const;

describe("pickLogTarget", () => {
  it.each([
    ["the server when all is well", [pod("a", HEALTHY)], "a", "llama-server"],
    [
      "the downloader while it works",
      [pod("a", HEALTHY), pod("b", LOADING)],
      "b",
      "model-downloader",
    ],
    [
      "an init container that failed before anything else",
      [pod("a", LOADING), pod("b", { prep: "failed", downloader: "waiting", server: "waiting" })],
      "b",
      "model-cache-prep",
    ],
    [
      "a server that crashes before a download that runs",
      [pod("a", { ...HEALTHY, server: "crashing" }), pod("b", LOADING)],
      "a",
      "llama-server",
    ],
    [
      "the newest of equal pods",
      [pod("old", HEALTHY), pod("new", HEALTHY, "2026-03-01T12:00:00Z")],
      "new",
      "llama-server",
    ],
  ])("picks %s", (_case, pods, name, container) => {
    expect(pickLogTarget(pods, {})).toMatchObject({ pod: name, container });
  });

  it("keeps to the pod and the container that were asked for", () => {
    const pods = [pod("a", HEALTHY), pod("b", { ...HEALTHY, server: "crashing" })];

    expect(pickLogTarget(pods, { pod: "a" })).toMatchObject({
      pod: "a",
      container: "llama-server",
    });
    expect(pickLogTarget(pods, { container: "model-downloader" }).container).toBe(
      "model-downloader",
    );
  });

  it.each<[string, State, boolean | undefined, boolean]>([
    ["the failed run of a container that is backed off", "crashing", undefined, true],
    ["the present run of one that was started again", "restarted", undefined, false],
    ["the present run of one that never failed", "running", undefined, false],
    ["the run before when it is asked for", "restarted", true, true],
    ["the present run when it is asked for", "crashing", false, false],
  ])("reads %s", (_case, server, previous, expected) => {
    const pods = [pod("a", { ...HEALTHY, server })];

    expect(pickLogTarget(pods, { previous }).previous).toBe(expected);
  });

  it.each([
    ["a pod that is not the service's", { pod: "other" }],
    ["a container no pod has", { container: "sidecar" }],
  ])("does not know %s", (_case, wanted) => {
    const picking = () => pickLogTarget([pod("a", HEALTHY)], wanted);

    expect(picking).toThrow(expect.objectContaining({ reason: "NotFound" }));
  });
});
