import { describe, expect, it } from "vitest";

import type { Download } from "@/server/contract/service-view";
import { aPod } from "@/server/testing/builders";
import { aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { downloadSlow, downloadStalled } from "./download-pace";

const GIB = 1024 ** 3;
const POD = "llama-6c9d7b5f4-x2x7p";

/** Begun at 11:00, last progress at 11:50; it is 12:00. */
const aDownload = (change: Partial<Download> = {}): Download => ({
  state: "Running",
  pod: POD,
  container: "model-downloader",
  file: "llama.gguf",
  receivedBytes: GIB,
  totalBytes: 4 * GIB,
  bytesPerSecond: 1024 ** 2,
  etaSeconds: 3072,
  startedAt: "2026-03-01T11:00:00Z",
  lastProgressAt: "2026-03-01T11:50:00Z",
  ...change,
});
const factsOf = (change: Partial<Download>, pod = aPod()) =>
  aServiceFacts({ pods: [pod], downloads: new Map([[pod.metadata.name, aDownload(change)]]) });
const JUST_NOW = { lastProgressAt: "2026-03-01T11:59:58Z" };

describe("downloadStalled", () => {
  it("says for how long nothing has come in, what is there, and how to begin anew", () => {
    const finding = downloadStalled(factsOf({}));

    expect(finding).toMatchObject({
      code: "DownloadStalled",
      severity: "warning",
      message: `The download has stopped: for 10 minutes nothing has come in for pod "${POD}", which has 1.0 GiB of 4.0 GiB of "llama.gguf".`,
      since: "2026-03-01T11:50:00Z",
      evidence: [{ kind: "Pod", name: POD, observedAt: "2026-03-01T11:50:00Z" }],
    });
    expect(finding?.actions).toEqual([
      { type: "OpenLogs", label: "Open its log", pod: POD, container: "model-downloader" },
      expect.objectContaining({ command: `kubectl delete pod -n ml ${POD}` }),
    ]);
  });

  it("names the pod that has waited longest", () => {
    const other = aPod({ metadata: { name: "llama-other" } });
    const facts = aServiceFacts({
      pods: [aPod(), other],
      downloads: new Map([
        [POD, aDownload()],
        ["llama-other", aDownload({ lastProgressAt: "2026-03-01T11:10:00Z" })],
      ]),
    });

    expect(downloadStalled(facts)?.message).toContain(
      '50 minutes nothing has come in for pod "llama-other"',
    );
  });

  it.each([
    ["something came in a moment ago", factsOf(JUST_NOW)],
    ["the pause is still short", factsOf({ lastProgressAt: "2026-03-01T11:55:01Z" })],
    ["nobody reports bytes", factsOf({ receivedBytes: null, lastProgressAt: null })],
    ["everything is there and is put in its place", factsOf({ receivedBytes: 4 * GIB })],
    [
      "the pod is being deleted",
      factsOf({}, aPod({ metadata: { deletionTimestamp: "2026-03-01T11:59:00Z" } })),
    ],
    ["the download is over", factsOf({ state: "Done" })],
    ["nothing is downloaded", aServiceFacts()],
  ])("is silent when %s", (_name, facts) => {
    expect(downloadStalled(facts)).toBeNull();
  });

  it("comes with time alone", () => {
    const at = (now: string) =>
      downloadStalled({ ...factsOf({}), surroundings: aSurroundings({ now }) });

    expect(at("2026-03-01T11:54:59Z")).toBeNull();
    expect(at("2026-03-01T11:55:00Z")).not.toBeNull();
  });
});

describe("downloadSlow", () => {
  it("says at what rate, and how long it will take", () => {
    expect(downloadSlow(factsOf({ ...JUST_NOW, etaSeconds: 5 * 3600 }))).toMatchObject({
      code: "DownloadSlow",
      severity: "warning",
      message: `The download is slow: at 1.0 MiB a second pod "${POD}" needs 5 hours more; it has 1.0 GiB of 4.0 GiB of "llama.gguf".`,
      since: "2026-03-01T11:00:00Z",
    });
  });

  it.each([
    ["it is done within the hour", factsOf({ ...JUST_NOW, etaSeconds: 3599 })],
    ["nobody knows how long it takes", factsOf({ ...JUST_NOW, etaSeconds: null })],
    [
      "it has just begun, and the first rates say little",
      factsOf({ ...JUST_NOW, etaSeconds: 90_000, startedAt: "2026-03-01T11:59:30Z" }),
    ],
    ["it has stopped, which is another finding", factsOf({ etaSeconds: 90_000 })],
    ["nothing is downloaded", aServiceFacts()],
  ])("is silent when %s", (_name, facts) => {
    expect(downloadSlow(facts)).toBeNull();
  });
});
