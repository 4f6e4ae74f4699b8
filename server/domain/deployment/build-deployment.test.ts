import { describe, expect, it } from "vitest";

import { aModel, anInferenceService } from "@/server/testing/builders";
import type { InferenceService, Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { DEFAULT_OPERATOR_SETTINGS } from "../operator-settings";
import { planDeployment } from "./build-deployment";

type Parts = {
  readonly spec?: Partial<InferenceService["spec"]>;
  readonly model?: Partial<Model["spec"]>;
  readonly settings?: Partial<OperatorSettings>;
  readonly draft?: Model;
};

const KEY = "/models/key/llama-3-8b.gguf";

function plan({ spec, model, settings, draft }: Parts = {}) {
  const base = aModel({ status: { cacheKey: "key" } });
  return planDeployment({
    service: { ...anInferenceService(), spec: { modelRef: "llama-3-8b", ...spec } },
    model: { ...base, spec: { source: "https://h/x.gguf", ...model } },
    draft: draft ?? null,
    settings: { ...DEFAULT_OPERATOR_SETTINGS, ...settings },
    replicas: 1,
  });
}

function deployment(parts?: Parts) {
  const result = plan(parts);
  if (result.kind === "fault") throw new Error(result.message);
  return result.deployment;
}

const pod = (parts?: Parts) => deployment(parts).spec.template.spec!;
const server = (parts?: Parts) => pod(parts).containers[0]!;
const args = (parts?: Parts) => (server(parts).args ?? []).join(" ");
const gpu = (count: number, rest: object = {}) => ({ hardware: { gpu: { count, ...rest } } });

describe("planDeployment", () => {
  it("labels everything, selects by what never changes, and belongs to the service", () => {
    const { metadata, spec } = deployment({ spec: { podLabels: { app: "mine", team: "ml" } } });
    expect(metadata.labels).toEqual({
      app: "llama",
      "inference.llmkube.dev/service": "llama",
      "inference.llmkube.dev/model": "llama-3-8b",
      "inference.llmkube.dev/runtime": "llamacpp",
    });
    expect(spec.selector.matchLabels).toEqual({
      app: "llama",
      "inference.llmkube.dev/service": "llama",
    });
    expect(spec.template.metadata?.labels).toEqual({ ...metadata.labels, team: "ml" });
    expect(metadata.ownerReferences[0]).toMatchObject({
      kind: "InferenceService",
      name: "llama",
      controller: true,
      blockOwnerDeletion: false,
    });
  });

  it("names the template by a hash that moves with it, and only with it", () => {
    const hash = (parts?: Parts) =>
      deployment(parts).metadata.annotations["llmkube.ai/desired-template-hash"];
    expect(hash()).toMatch(/^[0-9a-f]{16}$/);
    expect(hash()).toBe(hash());
    expect(hash({ spec: { revisionHistoryLimit: 3 } })).toBe(hash());
    expect(hash({ spec: { modelCache: { claimName: "other" } } })).not.toBe(hash());
  });

  it.each<[string, Parts, string]>([
    ["without a GPU", {}, "RollingUpdate"],
    ["with a GPU of the Model", { model: gpu(1) }, "Recreate"],
    ["with a GPU of the service", { spec: { resources: { gpu: 1 } } }, "Recreate"],
  ])("replaces pods %s by %s", (_title, parts, type) => {
    expect(deployment(parts).spec.strategy).toEqual({ type });
  });

  it.each<[string, Parts, string]>([
    ["by default", {}, "ghcr.io/ggml-org/llama.cpp:server"],
    ["with a GPU", { model: gpu(1) }, "ghcr.io/ggml-org/llama.cpp:server-cuda-b10068"],
    ["as the operator is told", { settings: { runtimeImages: { llamacpp: "mine:1" } } }, "mine:1"],
    [
      "as the user says, before all else",
      { spec: { image: "user:1" }, settings: { runtimeImages: { llamacpp: "mine:1" } } },
      "user:1",
    ],
  ])("chooses the image %s", (_title, parts, image) => {
    expect(server(parts).image).toBe(image);
  });

  it.each<[string, Parts, object]>([
    ["nothing asked", {}, {}],
    [
      "CPU and memory",
      { spec: { resources: { cpu: "2", memory: "4Gi" } } },
      { requests: { cpu: "2", memory: "4Gi" } },
    ],
    [
      "host memory before memory",
      { spec: { resources: { memory: "4Gi", hostMemory: "8Gi" } } },
      { requests: { memory: "8Gi" } },
    ],
    [
      "ephemeral storage twice",
      { spec: { resources: { ephemeralStorage: "9Gi" } } },
      { limits: { "ephemeral-storage": "9Gi" }, requests: { "ephemeral-storage": "9Gi" } },
    ],
    [
      "the Model's GPUs before the service's",
      { model: gpu(2), spec: { resources: { gpu: 1 } } },
      { limits: { "nvidia.com/gpu": "2" } },
    ],
    ["AMD", { model: gpu(1, { vendor: "amd" }) }, { limits: { "amd.com/gpu": "1" } }],
    ["Intel", { model: gpu(1, { vendor: "intel" }) }, { limits: { "gpu.intel.com/i915": "1" } }],
    [
      "Vulkan",
      { model: gpu(1, { vendor: "amd", runtime: "vulkan" }) },
      { limits: { "devic.es/dri-render": "1" } },
    ],
    [
      "a named resource",
      { model: gpu(1, { resourceName: "x/gpu" }) },
      { limits: { "x/gpu": "1" } },
    ],
  ])("asks for resources: %s", (_title, parts, resources) => {
    expect(server(parts).resources).toEqual(resources);
  });

  it("tolerates the GPU's taint before what the user tolerates", () => {
    const own = { key: "team", operator: "Exists" };
    const { tolerations } = pod({ model: gpu(1), spec: { tolerations: [own] } });
    expect(tolerations).toEqual([
      { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
      own,
    ]);
  });

  it.each<[string, Parts, string]>([
    ["on CPU", {}, `--model ${KEY} --port 8080 --host :: --metrics`],
    [
      "on a GPU",
      { model: gpu(1) },
      `--model ${KEY} --port 8080 --host :: --n-gpu-layers 99 --metrics`,
    ],
    [
      "on two GPUs by rows",
      {
        model: gpu(2, { layers: 20, sharding: { strategy: "row", layerSplit: ["0-29", "30-39"] } }),
      },
      `--model ${KEY} --port 8080 --host :: --n-gpu-layers 20 --split-mode row --tensor-split 3,1 --metrics`,
    ],
    [
      "on two GPUs with a split that is none",
      { model: gpu(2, { sharding: { layerSplit: ["0-29", "39-30"] } }) },
      `--model ${KEY} --port 8080 --host :: --n-gpu-layers 99 --split-mode layer --tensor-split 1,1 --metrics`,
    ],
    [
      "with its own port and address",
      { spec: { containerPort: 9, bindAddress: "0.0.0.0" } },
      `--model ${KEY} --port 9 --host 0.0.0.0 --metrics`,
    ],
    [
      "with the host among the extra arguments",
      { spec: { extraArgs: ["--host", "1.2.3.4"] } },
      `--model ${KEY} --port 8080 --host 1.2.3.4 --metrics`,
    ],
    [
      "with every flag in order",
      {
        spec: {
          contextSize: 4096,
          ropeScaling: { type: "yarn", factor: "4", originalContext: 32 },
          parallelSlots: 2,
          flashAttention: true,
          jinja: true,
          cacheTypeK: "q8_0",
          cacheTypeV: "q4_0",
          moeCPUOffload: true,
          moeCPULayers: 3,
          noKvOffload: true,
          tensorOverrides: ["a=CPU", "b=CPU"],
          batchSize: 5,
          uBatchSize: 6,
          noWarmup: true,
          speculativeDecoding: { type: "mtp", nDraftMax: 7, pMin: 0.5 },
          reasoningBudget: 0,
          reasoningBudgetMessage: "stop",
          metadataOverrides: ["k=v"],
          mode: "rerank",
          extraArgs: ["--x"],
        },
      },
      `--model ${KEY} --port 8080 --host :: --ctx-size 4096 --rope-scaling yarn --rope-scale 4 --yarn-orig-ctx 32 --parallel 2 --jinja --cache-type-k q8_0 --cache-type-v q4_0 --cpu-moe --n-cpu-moe 3 --no-kv-offload --override-tensor a=CPU --override-tensor b=CPU --batch-size 5 --ubatch-size 6 --no-warmup --spec-type draft-mtp --spec-draft-n-max 7 --spec-draft-p-min 0.5 --reasoning-budget 0 --reasoning-budget-message stop --override-kv k=v --reranking --embedding --pooling rank --cache-ram 0 --x --metrics`,
    ],
    [
      "for embeddings",
      { spec: { mode: "embedding" } },
      `--model ${KEY} --port 8080 --host :: --embedding --pooling last --cache-ram 0 --metrics`,
    ],
    [
      "with a projector beside the primary file",
      { model: { source: "hf://o/r", files: ["a/m.gguf"], mmproj: "mm.gguf" } },
      "--model /models/key/a/m.gguf --port 8080 --host :: --mmproj /models/key/mm.gguf --metrics",
    ],
    [
      "with a draft among its own files",
      {
        model: { source: "hf://o/r", files: ["m.gguf", "d.gguf"] },
        spec: { speculativeDecoding: { type: "draft", draftModel: "d.gguf" } },
      },
      "--model /models/key/m.gguf --port 8080 --host :: --spec-type draft-simple -md /models/key/d.gguf --metrics",
    ],
  ])("starts llama.cpp %s", (_title, parts, line) => {
    expect(args(parts)).toBe(line);
  });

  it("loads a draft Model from the same claim", () => {
    const draft = aModel({ metadata: { name: "small" }, status: { cacheKey: "other" } });
    const spec = { speculativeDecoding: { type: "draft", draftModelRef: "small" } };
    expect(args({ spec, draft })).toContain("-md /models/other/small.gguf");
    expect(pod({ spec, draft }).initContainers?.map(({ name }) => name)).toEqual([
      "model-cache-prep",
      "model-downloader",
      "draft-model-downloader",
    ]);
  });

  it("puts the user's security contexts in place of its own", () => {
    const podSecurityContext = { runAsNonRoot: true };
    const securityContext = { privileged: false };
    const parts = { spec: { podSecurityContext, securityContext } };
    expect(pod(parts).securityContext).toEqual(podSecurityContext);
    expect(server(parts).securityContext).toEqual(securityContext);
    expect(pod().securityContext).toEqual({
      seccompProfile: { type: "RuntimeDefault" },
      fsGroup: 102,
    });
  });

  it("replaces a probe whole", () => {
    const liveness = { tcpSocket: { port: 1 } };
    const { livenessProbe, startupProbe } = server({ spec: { probeOverrides: { liveness } } });
    expect(livenessProbe).toEqual(liveness);
    expect(startupProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 180 });
  });

  it.each<[string, Parts, object | undefined]>([
    ["guards the start", {}, { "karpenter.sh/do-not-disrupt": "true" }],
    ["does not when told so", { spec: { disruption: { protectStartup: false } } }, undefined],
    [
      "has scraping told",
      { settings: { emitScrapeAnnotations: true }, spec: { podAnnotations: { a: "b" } } },
      {
        "karpenter.sh/do-not-disrupt": "true",
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8080",
        "prometheus.io/path": "/metrics",
        a: "b",
      },
    ],
  ])("%s", (_title, parts, annotations) => {
    expect(deployment(parts).spec.template.metadata?.annotations).toEqual(annotations);
  });

  it.each<[string, Parts, string]>([
    ["no image to run", { spec: { runtime: "generic" } }, "spec.image"],
    ["a CPU that is no quantity", { spec: { resources: { cpu: "two" } } }, '"two"'],
    ["a negative memory", { spec: { resources: { memory: "-1Gi" } } }, '"-1Gi"'],
    ["shared GPUs", { spec: { resources: { gpuSharing: { mode: "shared" } } } }, '"shared"'],
  ])("refuses %s and names it", (_title, parts, named) => {
    const result = plan(parts);
    expect(result.kind).toBe("fault");
    expect(result.kind === "fault" && result.message).toContain(named);
  });
});
