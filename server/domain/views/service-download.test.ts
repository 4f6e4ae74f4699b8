import { describe, expect, it } from "vitest";

import type { Download } from "@/server/contract/service-view";
import { aContainerStatus, aPod } from "@/server/testing/builders";
import { aServiceFacts } from "@/server/testing/facts";
import { buildDownload, buildDownloads, isDownloader } from "./service-download";

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

  it("lists the slowest first: by the time that is left where two say it, else by what they have", () => {
    const timed = (pod: string, received: number, etaSeconds: number | null) => {
      const [, download] = logged(pod, received);
      return [pod, { ...download, etaSeconds }] as const;
    };
    const order = (...timings: (readonly [string, Download])[]) =>
      buildDownloads(
        aServiceFacts({
          pods: timings.map(([name]) => podWith(name, running)),
          downloads: new Map(timings),
        }),
      ).map(({ pod }) => pod);

    expect(order(timed("near", 90, 5), timed("far", 95, 50))).toEqual(["far", "near"]);
    expect(order(timed("more", 90, null), timed("less", 10, null))).toEqual(["less", "more"]);
    expect(order(timed("more", 90, 500), timed("unknown", 10, null))).toEqual(["unknown", "more"]);
  });

  it("shows the draft model's download once the model itself is there", () => {
    const base = aPod();
    const pod = aPod({
      metadata: { name: "p" },
      spec: {
        ...base.spec,
        initContainers: [{ name: "model-downloader" }, { name: "draft-model-downloader" }],
      },
      status: {
        phase: "Pending",
        initContainerStatuses: [
          aContainerStatus("model-downloader", { terminated: { exitCode: 0 } }),
          aContainerStatus("draft-model-downloader", running),
        ],
      },
    });

    expect(buildDownload(aServiceFacts({ pods: [pod] }))).toMatchObject({
      state: "Running",
      container: "draft-model-downloader",
    });
  });

  it.each([
    ["model-downloader", true],
    ["draft-model-downloader", true],
    ["model-downloader-2", true],
    ["model-cache-prep", false],
    ["my-model-downloader-x", false],
  ])("knows by its name whether %s fetches weights", (name, expected) => {
    expect(isDownloader(name)).toBe(expected);
  });

  it("is null where nothing is downloaded", () => {
    const prestaged = aPod({ spec: { initContainers: [] } });

    expect(buildDownload(aServiceFacts({ pods: [prestaged] }))).toBeNull();
    expect(buildDownload(aServiceFacts({ pods: [] }))).toBeNull();
  });
});
