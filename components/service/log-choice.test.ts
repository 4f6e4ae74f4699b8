import { describe, expect, it } from "vitest";

import type { PodView } from "@/server/contract/service-view";
import {
  chooseLog,
  describeRun,
  findContainer,
  hasNotStarted,
  pickContainer,
  prefersPrevious,
  runOf,
} from "./log-choice";

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

const BACKED_OFF = container("fetch", {
  init: true,
  state: "Waiting",
  reason: "CrashLoopBackOff",
  exitCode: 23,
  restarts: 2,
  hasPrevious: true,
});
const AGAIN = container("fetch", { init: true, restarts: 3, hasPrevious: true });
const NEW = container("fetch", { init: true, state: "Waiting", reason: "PodInitializing" });

describe("which run is read", () => {
  it.each([
    ["the one that failed while the container is backed off", BACKED_OFF, true],
    ["the present one once it was started again", AGAIN, false],
    ["the present one of a container that never ran", NEW, false],
  ])("is %s", (_name, facts, previous) => {
    expect(prefersPrevious(facts)).toBe(previous);
  });

  it("is of the container that was named, else of the first choice, else of what there is by now", () => {
    const pods = [pod("a", AGAIN, BACKED_OFF)];
    const nothing = { pod: null, container: null, previous: null };
    const named = { pod: "x", container: "y", previous: true };
    const place = { pod: "a", container: "fetch" };
    expect(chooseLog(pods, named, place)).toEqual(named);
    expect(chooseLog(pods, nothing, place)).toEqual({ ...place, previous: false });
    expect(chooseLog([pod("b", BACKED_OFF)], nothing, null)).toEqual({
      pod: "b",
      container: "fetch",
      previous: true,
    });
    expect(chooseLog([], nothing, null)).toBeNull();
  });

  it("is the same run before and after the container is started again, until that ends too", () => {
    expect(runOf(BACKED_OFF, true)).toBe(2);
    expect(runOf(AGAIN, true)).toBe(2);
    expect(runOf({ ...BACKED_OFF, restarts: 3 }, true)).toBe(3);
    expect(runOf(AGAIN, false)).toBe(3);
  });

  it("waits for a container that has never run", () => {
    expect([NEW, BACKED_OFF, AGAIN, null].map(hasNotStarted)).toEqual([true, false, false, false]);
  });

  it("does not find the container of a pod that is gone", () => {
    const pods = [pod("a", AGAIN)];
    expect(findContainer(pods, { pod: "a", container: "fetch" })).toBe(AGAIN);
    expect(findContainer(pods, { pod: "b", container: "fetch" })).toBeNull();
  });

  it.each([
    ["that the pod is gone", null, false, /^This pod is gone/],
    ["how it failed", BACKED_OFF, true, /ended with exit code 23\..*again 2 times\.$/],
    ["that there are later ones", AGAIN, true, /^This is the run before .*again 3 times\.$/],
    ["which one is the present", AGAIN, false, /^This is the present run\./],
    ["that it finished", container("prep", done), false, /^This container has finished well\.$/],
    [
      "that it failed for good",
      container("prep", { ...done, exitCode: 1 }),
      false,
      /failed with exit code 1\.$/,
    ],
  ])("says %s", (_name, facts, previous, text) => {
    expect(describeRun(facts, previous)).toMatch(text);
  });

  it("says nothing about a container that runs and always did", () => {
    expect(describeRun(container("serve"), false)).toBeNull();
  });
});
