import { describe, expect, it } from "vitest";

import {
  aClaim,
  aContainerStatus,
  aJob,
  aModel,
  anAttachment,
  anInferenceService,
  aPod,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, invisible } from "@/server/testing/facts";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { heldOn } from "./held";

const URL = "https://models.example.com/llama-3-8b.Q4_K_M.gguf";
const REPOSITORY = "hf://org/repo";
const KEY = aModel().status?.cacheKey ?? "";
const twin = anInferenceService({ metadata: { name: "twin" } });
const twinPod = (change = {}) =>
  aPod({
    metadata: { name: "twin-1", labels: { "inference.llmkube.dev/service": "twin" } },
    ...change,
  });
const downloader = (env: Readonly<Record<string, string>>) => ({
  name: "model-downloader",
  image: "curl",
  env: Object.entries(env).map(([name, value]) => ({ name, value })),
});
const running = {
  conditions: [{ type: "Ready", status: "False" }],
  initContainerStatuses: [
    aContainerStatus("model-downloader", { running: { startedAt: "2026-03-01T11:00:00Z" } }),
  ],
};
const finished = {
  conditions: [{ type: "Ready", status: "False" }],
  initContainerStatuses: [
    aContainerStatus("model-downloader", { terminated: { exitCode: 0, reason: "Completed" } }),
  ],
};
const failed = {
  conditions: [{ type: "Ready", status: "False" }],
  initContainerStatuses: [
    aContainerStatus("model-downloader", { terminated: { exitCode: 1, reason: "Error" } }),
  ],
};
const several = aModel({ spec: { source: REPOSITORY, files: ["a.gguf", "b.gguf"] } });
const severalKey = several.status?.cacheKey ?? "";
const spec = (env: Readonly<Record<string, string>>) => ({
  spec: { initContainers: [downloader(env)] },
});
const hubEnv = (files: string) => ({
  CACHE_DIR: `/models/${severalKey}`,
  MODEL_SOURCE: REPOSITORY,
  MODEL_FILES: files,
});
const completeJob = aJob({ status: { conditions: [{ type: "Complete", status: "True" }] } });
const empty = aClaim({
  spec: { volumeName: undefined },
  status: { phase: "Pending", capacity: undefined },
});
const use = (change: Partial<ClaimFacts["uses"][number]>) => [
  { service: twin, model: aModel(), how: "declared" as const, ...change },
];
const effective = anAttachment({
  name: "twin",
  state: "Effective",
  claimName: "models-nvme-a",
  closedAt: "2026-03-01T10:00:00Z",
});

type Row = [string, Partial<ClaimFacts>, Partial<ServiceFacts>, boolean | null, RegExp | null];

describe("heldOn", () => {
  it.each<Row>([
    ["a ready pod of another service", { pods: [twinPod()] }, {}, true, /"twin" has downloaded it/],
    [
      "a pod whose download ended well",
      { pods: [twinPod({ status: finished })] },
      {},
      true,
      /twin/,
    ],
    ["a pod that is still downloading", { pods: [twinPod({ status: running })] }, {}, null, null],
    ["a pod whose download failed", { pods: [twinPod({ status: failed })] }, {}, null, null],
    [
      "a pod with another key",
      { pods: [twinPod(spec({ CACHE_DIR: "/models/feedfeedfeedfeed", MODEL_SOURCE: URL }))] },
      {},
      null,
      null,
    ],
    [
      "a pod that brought an earlier source into the same directory",
      { pods: [twinPod(spec({ CACHE_DIR: `/models/${KEY}`, MODEL_SOURCE: "https://old/x" }))] },
      {},
      null,
      null,
    ],
    [
      "a pod with all files of several",
      { pods: [twinPod(spec(hubEnv("b.gguf\na.gguf\nc.gguf")))] },
      { model: several },
      true,
      /twin/,
    ],
    [
      "a pod with only some of the files",
      { pods: [twinPod(spec(hubEnv("a.gguf")))] },
      { model: several },
      null,
      null,
    ],
    ["a Job that is complete", { jobs: [completeJob] }, {}, true, /Job "llama-3-8b-prefetch"/],
    ["a Job that still runs", { jobs: [aJob()] }, {}, null, null],
    ["a claim without a volume", { claim: empty, volume: null }, {}, false, /new and empty/],
    [
      "a scan that found the key",
      { scan: { finishedAt: "2026-03-01T09:00:00Z", completeKeys: [KEY] } },
      {},
      true,
      /scan at 2026-03-01T09:00:00Z found it/,
    ],
    [
      "a scan that did not find it",
      { scan: { finishedAt: "2026-03-01T09:00:00Z", completeKeys: [] } },
      {},
      false,
      /did not find it/,
    ],
    [
      "a scan that did not find it, before a pod mounted the claim",
      {
        scan: { finishedAt: "2026-03-01T09:00:00Z", completeKeys: [] },
        pods: [twinPod({ status: running })],
      },
      {},
      null,
      null,
    ],
    [
      "a service that was once ready from it: a hint, not more",
      { uses: use({ attachment: effective }) },
      {},
      null,
      /was ready from it with this model at 2026-03-01T10:00:00Z; nobody has looked since/,
    ],
    [
      "a service that never became ready from it",
      { uses: use({ attachment: { ...effective, state: "Cancelled" } }) },
      {},
      null,
      null,
    ],
    ["a service that only declares it", { uses: use({}) }, {}, null, null],
    [
      "pods that may not be listed",
      { surroundings: invisible("pods") },
      {},
      null,
      /Pods may not be listed/,
    ],
    [
      "a Model without a key",
      { pods: [twinPod()] },
      { model: aModel({ status: { cacheKey: undefined } }) },
      null,
      null,
    ],
  ])("by %s", (_name, claim, service, held, because) => {
    const result = heldOn(aServiceFacts({ pods: [], ...service }), aClaimFacts(claim));

    expect(result.held).toBe(held);
    if (because === null) expect(result.because).toBeNull();
    else expect(result.because).toMatch(because);
  });

  it("is not the whole truth while the draft is missing", () => {
    const draftModel = aModel({
      metadata: { name: "tiny" },
      spec: { source: "https://models.example.com/tiny.gguf" },
    });
    const service = anInferenceService({
      spec: { speculativeDecoding: { type: "draft", draftModelRef: "tiny" } },
    });
    const result = heldOn(
      aServiceFacts({ service, draftModel, pods: [] }),
      aClaimFacts({ pods: [twinPod()] }),
    );

    expect(result).toMatchObject({ held: null, missing: [draftModel] });
  });

  it("knows nothing of a claim that is not there", () => {
    expect(heldOn(aServiceFacts(), null)).toMatchObject({ held: null, because: null });
  });
});
