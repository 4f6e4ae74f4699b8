import { describe, expect, it } from "vitest";

import type { Download } from "@/server/contract/service-view";
import { aContainerStatus, aPod } from "@/server/testing/builders";
import { aServiceFacts } from "@/server/testing/facts";
import { buildDownload } from "./service-download";

const podWith = (name: string, state: object, lastState: object = {}) =>
  aPod({
    metadata: { name },
    status: {
      phase: "Pending",
      conditions: [],
      initContainerStatuses: [aContainerStatus("model-downloader", state, { lastState })],
    },
  });
const logged = (pod: string, receivedBytes: number): [string, Download] => [
  pod,
  {
    state: "Running",
    pod,
    container: "model-downloader",
    file: "a.gguf",
    receivedBytes,
    totalBytes: 100,
    bytesPerSecond: 10,
    etaSeconds: 5,
    startedAt: null,
    lastProgressAt: null,
  },
];
const running = { running: { startedAt: "2026-03-01T11:00:00Z" } };

describe("buildDownload", () => {
  it.each([
    ["Waiting", { waiting: { reason: "PodInitializing" } }, {}],
    ["Running", running, {}],
    ["Done", { terminated: { exitCode: 0 } }, {}],
    ["Failed", { terminated: { exitCode: 22 } }, {}],
    ["Failed", { waiting: { reason: "CrashLoopBackOff" } }, { terminated: { exitCode: 22 } }],
  ])("is %s by the init container alone, with unknown numbers", (state, now, before) => {
    const facts = aServiceFacts({ pods: [podWith("p", now, before)] });

    expect(buildDownload(facts)).toEqual({
      state,
      pod: "p",
      container: "model-downloader",
      file: null,
      receivedBytes: null,
      totalBytes: null,
      bytesPerSecond: null,
      etaSeconds: null,
      startedAt: "running" in now ? now.running.startedAt : null,
      lastProgressAt: null,
    });
  });

  it("waits while the kubelet has said nothing yet", () => {
    const pod = aPod({ status: { phase: "Pending", initContainerStatuses: undefined } });

    expect(buildDownload(aServiceFacts({ pods: [pod] }))?.state).toBe("Waiting");
  });

  it("takes the numbers from the log, and the rate only while it runs", () => {
    const downloads = new Map([logged("p", 40)]);
    const at = (state: object) =>
      buildDownload(aServiceFacts({ pods: [podWith("p", state)], downloads }));

    expect(at(running)).toMatchObject({ receivedBytes: 40, bytesPerSecond: 10, etaSeconds: 5 });
    expect(at({ terminated: { exitCode: 23 } })).toMatchObject({
      state: "Failed",
      receivedBytes: 40,
      bytesPerSecond: null,
      etaSeconds: null,
    });
  });

  it("shows the slowest of several pods, and a failure before all", () => {
    const downloads = new Map([logged("fast", 90), logged("slow", 10)]);
    const pods = [podWith("fast", running), podWith("slow", running)];
    const failed = podWith("broken", { terminated: { exitCode: 1 } });

    expect(buildDownload(aServiceFacts({ pods, downloads }))?.pod).toBe("slow");
    expect(buildDownload(aServiceFacts({ pods: [...pods, failed], downloads }))?.pod).toBe(
      "broken",
    );
  });

  it("is null where nothing is downloaded", () => {
    const prestaged = aPod({ spec: { initContainers: [] } });

    expect(buildDownload(aServiceFacts({ pods: [prestaged] }))).toBeNull();
    expect(buildDownload(aServiceFacts({ pods: [] }))).toBeNull();
  });
});
