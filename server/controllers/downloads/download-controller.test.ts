import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { AppError } from "@/server/errors";
import type { LogTarget } from "@/server/ports";
import type { Controller } from "@/server/runtime/controller";
import { aContainerStatus, aPod } from "@/server/testing/builders";
import { createFakeTimers, type FakeTimers } from "@/server/testing/fake-timers";
import { createDownloadController } from "./download-controller";

const NOW = "2026-03-01T12:00:00.000Z";
const POD = "ml/llama-6c9d7b5f4-x2x7p";

let index: ObjectIndex;
let timers: FakeTimers;
let controller: Controller;
let log: (target: LogTarget) => Promise<string>;
let reads: LogTarget[];
let errors: unknown[];

beforeEach(() => {
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  timers = createFakeTimers();
  reads = [];
  errors = [];
  log = async () => "progress file=llama.gguf received=100 total=500 rate=40\n";
  controller = createDownloadController({
    index,
    timers,
    onError: (error) => errors.push(error),
    logs: {
      read: (target) => {
        reads.push(target);
        return log(target);
      },
      follow: () => {
        throw new Error("not expected");
      },
    },
  });
});
afterEach(() => controller.stop());

const running = (resourceVersion = "1", container = "model-downloader") =>
  aPod({
    metadata: { resourceVersion },
    status: {
      phase: "Pending",
      initContainerStatuses: [
        aContainerStatus("model-cache-prep", { terminated: { exitCode: 0 } }),
        aContainerStatus(container, { running: { startedAt: NOW } }),
      ],
    },
  });
const put = (pod = running()) => index.upsert("pods", [pod], NOW);

describe("downloads", () => {
  it("shows the newest numbers of the log, and how long it will take", async () => {
    log = async () =>
      "progress file=a received=1 total=500 rate=1\nprogress file=llama.gguf received=100 total=500 rate=40\ncurl: noise\n";
    put();
    controller.start();
    await controller.idle();
    expect(index.downloadOf(POD)).toEqual({
      state: "Running",
      pod: "llama-6c9d7b5f4-x2x7p",
      container: "model-downloader",
      file: "llama.gguf",
      receivedBytes: 100,
      totalBytes: 500,
      bytesPerSecond: 40,
      etaSeconds: 10,
      startedAt: NOW,
      lastProgressAt: NOW,
    });
    expect(reads).toEqual([
      {
        namespace: "ml",
        pod: "llama-6c9d7b5f4-x2x7p",
        container: "model-downloader",
        tailLines: 20,
      },
    ]);
  });

  it("reads again every two seconds while it runs, and clears when it ends", async () => {
    controller.start();
    put();
    await controller.idle();
    log = async () => "progress file=llama.gguf received=300 total=500 rate=40\n";
    await timers.advance(2000);
    await controller.idle();
    expect(index.downloadOf(POD)?.receivedBytes).toBe(300);

    put(aPod({ metadata: { resourceVersion: "2" } }));
    await controller.idle();
    expect(index.downloadOf(POD)).toBeNull();
    await timers.advance(60_000);
    await controller.idle();
    expect(reads).toHaveLength(2);
  });

  it("remembers when more came in, while the numbers stand still and the log is silent", async () => {
    put();
    controller.start();
    await controller.idle();
    await timers.advance(2000);
    await controller.idle();
    expect(index.downloadOf(POD)?.lastProgressAt).toBe(NOW);

    log = async () => "";
    await timers.advance(2000);
    await controller.idle();
    expect(index.downloadOf(POD)?.lastProgressAt).toBe(NOW);

    log = async () => "progress file=llama.gguf received=101 total=500 rate=40\n";
    await timers.advance(2000);
    await controller.idle();
    expect(index.downloadOf(POD)?.lastProgressAt).toBe("2026-03-01T12:00:06.000Z");
  });

  it("counts another file as progress, and begins anew with another run", async () => {
    put();
    controller.start();
    await controller.idle();
    log = async () => "progress file=mmproj.gguf received=100 total=500 rate=40\n";
    await timers.advance(2000);
    await controller.idle();
    expect(index.downloadOf(POD)?.lastProgressAt).toBe("2026-03-01T12:00:02.000Z");

    put(aPod({ metadata: { resourceVersion: "2" } }));
    await controller.idle();
    log = async () => "";
    put(running("3"));
    await controller.idle();
    expect(index.downloadOf(POD)).toMatchObject({ receivedBytes: null, lastProgressAt: null });
  });

  it("clears when the pod is removed", async () => {
    controller.start();
    put();
    await controller.idle();
    index.remove("pods", [POD], NOW);
    await controller.idle();
    expect(index.downloadOf(POD)).toBeNull();
  });

  it("follows the draft model's downloader, too", async () => {
    controller.start();
    put(running("1", "draft-model-downloader"));
    await controller.idle();
    expect(index.downloadOf(POD)?.container).toBe("draft-model-downloader");
  });

  it("never reads the log of a pod that downloads nothing", async () => {
    put(aPod());
    controller.start();
    await controller.idle();
    expect(reads).toEqual([]);
  });

  it("says unknown, not zero, while logs may not be read, and hardly asks again", async () => {
    log = () => Promise.reject(new AppError("Forbidden", "no"));
    put();
    controller.start();
    await controller.idle();
    expect(index.downloadOf(POD)).toMatchObject({
      state: "Running",
      receivedBytes: null,
      totalBytes: null,
      bytesPerSecond: null,
      etaSeconds: null,
    });
    await timers.advance(30_000);
    await controller.idle();
    expect(reads).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it("does not leave old numbers standing when the log cannot be had, and retries", async () => {
    put();
    controller.start();
    await controller.idle();
    const working = log;
    log = () => Promise.reject(new AppError("ServiceUnavailable", "down"));
    await timers.advance(2000);
    await controller.idle();
    expect(index.downloadOf(POD)?.receivedBytes).toBeNull();
    expect(errors).toHaveLength(1);
    log = working;
    await timers.advance(60_000);
    await controller.idle();
    expect(index.downloadOf(POD)?.receivedBytes).toBe(100);
  });

  it("reads at most four logs at once, however many pods download", async () => {
    let open = 0;
    let most = 0;
    log = async () => {
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return "";
    };
    const pods = Array.from({ length: 30 }, (_, nth) => {
      const pod = running();
      return { ...pod, metadata: { ...pod.metadata, name: `pod-${nth}`, uid: `uid-${nth}` } };
    });
    index.upsert("pods", pods, NOW);
    controller.start();
    await controller.idle();
    expect(reads).toHaveLength(30);
    expect(most).toBe(4);
  });
});
