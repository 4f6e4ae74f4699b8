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
};

function pod({ spec, model, settings }: Parts) {
  const base = aModel({ status: { cacheKey: "key" } });
  const plan = planDeployment({
    service: { ...anInferenceService(), spec: { modelRef: "tiny", image: "i:1", ...spec } },
    model: { ...base, spec: { source: "hf://org/name@v1", ...model } },
    draft: null,
    settings: { ...DEFAULT_OPERATOR_SETTINGS, ...settings },
    replicas: 1,
  });
  if (plan.kind === "fault") throw new Error(plan.message);
  return plan.deployment.spec.template.spec!;
}

const server = (parts: Parts) => pod(parts).containers[0]!;
const args = (parts: Parts) => (server(parts).args ?? []).join(" ");
const image = (parts: Parts) => server({ ...parts, spec: { ...parts.spec, image: "" } }).image;
const gpu = (fields: object) => ({ hardware: { gpu: fields } });
const REPOSITORY_FILES = { files: ["config.json", "a/b.safetensors"], format: "safetensors" };

describe("the serving container of each runtime", () => {
  it.each<[string, object]>([
    ["llamacpp", { name: "llama-server", port: 8080 }],
    ["llamacpp-router", { name: "llama-server", port: 8080 }],
    ["vllm", { name: "vllm", port: 8000, command: ["vllm", "serve"] }],
    [
      "sglang",
      { name: "sglang", port: 30_000, command: ["python3", "-m", "sglang.launch_server"] },
    ],
    ["tgi", { name: "tgi", port: 80 }],
    [
      "personaplex",
      {
        name: "personaplex",
        port: 8998,
        command: ["/app/moshi/.venv/bin/python", "-m", "moshi.server"],
      },
    ],
    ["generic", { name: "inference-server", port: 8080 }],
  ])("of %s has its name, port and command", (runtime, expected) => {
    const { name, ports, command } = server({ spec: { runtime } });
    expect({ name, port: ports?.[0]?.containerPort, command }).toEqual({
      command: undefined,
      ...expected,
    });
  });

  it.each<[string, string, string]>([
    ["llamacpp", "/health", "/health"],
    ["llamacpp-router", "/health", "/health"],
    ["vllm", "/health", "/health"],
    ["sglang", "/health_generate", "/health"],
    ["tgi", "/health", "/health"],
  ])("of %s is asked over HTTP", (runtime, ready, alive) => {
    const { startupProbe, readinessProbe, livenessProbe } = server({ spec: { runtime } });
    expect(startupProbe).toMatchObject({ httpGet: { path: ready }, failureThreshold: 180 });
    expect(readinessProbe).toMatchObject({ httpGet: { path: ready }, periodSeconds: 10 });
    expect(livenessProbe).toMatchObject({ httpGet: { path: alive }, periodSeconds: 15 });
  });

  it.each(["personaplex", "generic"])("of %s is asked for its port only", (runtime) => {
    const probes = server({ spec: { runtime, containerPort: 5 } });
    expect(probes.livenessProbe).toMatchObject({ tcpSocket: { port: 5 } });
    expect(probes.livenessProbe?.httpGet).toBeUndefined();
  });

  it.each<[string, Parts["model"], string]>([
    ["llamacpp", {}, "ghcr.io/ggml-org/llama.cpp:server"],
    ["llamacpp", gpu({ count: 1 }), "ghcr.io/ggml-org/llama.cpp:server-cuda-b10068"],
    ["llamacpp", gpu({ enabled: true }), "ghcr.io/ggml-org/llama.cpp:server-cuda-b10068"],
    ["llamacpp", gpu({ count: 1, vendor: "intel" }), "ghcr.io/ggml-org/llama.cpp:server"],
    ["llamacpp", gpu({ count: 1, vendor: "amd" }), "ghcr.io/ggml-org/llama.cpp:server"],
    [
      "llamacpp",
      gpu({ count: 1, vendor: "AMD", runtime: "vulkan" }),
      "ghcr.io/defilantech/llmkube-llama-vulkan@sha256:cbab8af682ecac9b5c865d85219d808dc356814326c70346e05b8b20b333e295",
    ],
    [
      "llamacpp",
      gpu({ count: 1, vendor: "amd", runtime: "rocm" }),
      "ghcr.io/defilantech/llmkube-llama-rocm@sha256:8da16041a18b4f03f0be4de5e064be97ba8937149091d6693ee09711da362849",
    ],
    ["llamacpp-router", gpu({ count: 1 }), "ghcr.io/ggml-org/llama.cpp:server"],
    ["vllm", {}, "vllm/vllm-openai:v0.25.1"],
    ["sglang", gpu({ count: 1 }), "lmsysorg/sglang:v0.5.15.post1-cu129"],
    ["sglang", gpu({ count: 1, vendor: "amd" }), "lmsysorg/sglang:v0.5.15-rocm720-mi30x"],
    ["tgi", {}, "ghcr.io/huggingface/text-generation-inference:3.3.7"],
  ])("of %s with %j runs a known image", (runtime, model, expected) => {
    expect(image({ spec: { runtime }, ...(model === undefined ? {} : { model }) })).toBe(expected);
  });

  it("runs the operator's image only for the runtimes whose default it may replace", () => {
    const settings = { runtimeImages: { tgi: "mine:1", "llamacpp-router": "mine:2" } };
    expect(image({ spec: { runtime: "tgi" }, settings })).toBe("mine:1");
    const router = image({ spec: { runtime: "llamacpp-router" }, settings });
    expect(router).toBe("ghcr.io/ggml-org/llama.cpp:server");
  });

  it.each<[string, string, object[]]>([
    ["vllm", "vllmConfig", [{ name: "HF_TOKEN" }]],
    ["sglang", "sglangConfig", [{ name: "HF_TOKEN" }]],
    ["tgi", "tgiConfig", [{ name: "HUGGING_FACE_HUB_TOKEN" }]],
    [
      "personaplex",
      "personaPlexConfig",
      [{ name: "HF_TOKEN" }, { name: "NO_TORCH_COMPILE", value: "1" }],
    ],
  ])("of %s takes the token of %s, and the user's variables last", (runtime, field, expected) => {
    const secret = { name: "hf", key: "token" };
    const own = { name: "OWN", value: "x" };
    const { env } = server({
      spec: { runtime, [field]: { hfTokenSecretRef: secret }, env: [own] },
    });
    expect(env).toMatchObject([...expected, own]);
    expect(env?.[0]).toMatchObject({ valueFrom: { secretKeyRef: secret } });
  });

  it.each(["tgi", "personaplex", "llamacpp-router", "generic"])(
    "of %s stages nothing",
    (runtime) => {
      const { volumes, initContainers, containers } = pod({ spec: { runtime } });
      expect([volumes, initContainers, containers[0]?.volumeMounts]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  );

  it("has no service links with vLLM, and leaves them to Kubernetes otherwise", () => {
    const links = (runtime: string) => pod({ spec: { runtime } }).enableServiceLinks;
    expect([links("vllm"), links("sglang"), links("tgi")]).toEqual([false, undefined, undefined]);
  });
});

describe("the arguments of each runtime", () => {
  it.each<[string, Parts, string]>([
    ["vllm", { model: REPOSITORY_FILES }, "/models/key --port 8000 --host ::"],
    ["vllm", { model: { files: ["m.gguf"] } }, "/models/key/m.gguf --port 8000 --host ::"],
    ["vllm", { spec: { skipModelInit: true } }, "org/name@v1 --port 8000 --host ::"],
    [
      "vllm",
      { spec: { bindAddress: "0.0.0.0", skipModelInit: true } },
      "org/name@v1 --port 8000 --host 0.0.0.0",
    ],
    [
      "vllm",
      { spec: { extraArgs: ["--host=1.2.3.4"], skipModelInit: true } },
      "org/name@v1 --port 8000 --host=1.2.3.4",
    ],
    [
      "sglang",
      { model: REPOSITORY_FILES },
      "--model-path /models/key --host :: --port 30000 --enable-metrics --served-model-name tiny",
    ],
    [
      "sglang",
      { spec: { skipModelInit: true, mode: "embedding", extraArgs: ["--served-model-name=x"] } },
      "--model-path org/name@v1 --host :: --port 30000 --enable-metrics --is-embedding --served-model-name=x",
    ],
    ["tgi", {}, "--model-id org/name@v1 --hostname :: --port 80"],
    ["tgi", { model: { source: "org/name" } }, "--model-id org/name --hostname :: --port 80"],
    [
      "llamacpp-router",
      { spec: { extraArgs: ["--x"] }, model: gpu({ count: 2 }) },
      "--models-dir /models --host :: --port 8080 --metrics --x",
    ],
    ["personaplex", {}, "--ssl /app/ssl"],
    ["generic", { spec: { args: ["serve", "-p"], extraArgs: ["lost"] } }, "serve -p"],
    ["llamacpp", { spec: { skipModelInit: true } }, "--model  --port 8080 --host :: --metrics"],
  ])("of %s with %j", (runtime, { spec, model = {} }, line) => {
    expect(args({ spec: { ...spec, runtime }, model })).toBe(line);
  });

  it("of vLLM follow every setting of vllmConfig, in LLMKube's order", () => {
    const vllmConfig = {
      tensorParallelSize: 2,
      maxModelLen: 8192,
      quantization: "fp8",
      dtype: "auto",
      kvCacheDtype: "fp8_e5m2",
      kvCacheCustomDtype: "turbo2",
      enablePrefixCaching: true,
      enableChunkedPrefill: true,
      maxNumBatchedTokens: 512,
      attentionBackend: "FLASHINFER",
      speculative: { enabled: true, model: "small", numSpeculativeTokens: 4 },
      enableExpertParallel: true,
      cpuOffloadGB: 4,
      gpuMemoryUtilization: 0.9,
    };
    const spec = { runtime: "vllm", skipModelInit: true, vllmConfig, parallelSlots: 3 };
    expect(args({ spec: { ...spec, extraArgs: ["--x"] }, model: gpu({ count: 2 }) })).toBe(
      "org/name@v1 --port 8000 --host :: --tensor-parallel-size 2 --max-model-len 8192 --quantization fp8 --dtype auto --kv-cache-dtype turbo2 --enable-prefix-caching --enable-chunked-prefill --max-num-batched-tokens 512 --attention-backend FLASHINFER --speculative-model small --num-speculative-tokens 4 --enable-expert-parallel --cpu-offload-gb 4 --gpu-memory-utilization 0.90 --max-num-seqs 3 --x",
    );
  });

  it.each<[string, object, Parts["model"], string]>([
    ["one GPU", {}, gpu({ count: 1 }), ""],
    ["several GPUs", {}, gpu({ count: 4 }), " --tensor-parallel-size 4"],
    ["a size of its own", { tensorParallelSize: 1 }, gpu({ count: 4 }), ""],
    ["device settings without a GPU", { cpuOffloadGB: 4, gpuMemoryUtilization: 0.5 }, {}, ""],
    ["what is the engine's default", { kvCacheDtype: "auto", enablePrefixCaching: false }, {}, ""],
    ["a draft that is not named", { speculative: { enabled: true } }, {}, ""],
  ])("of vLLM for %s", (_title, vllmConfig, model = {}, end) => {
    const spec = { runtime: "vllm", skipModelInit: true, vllmConfig };
    expect(args({ spec, model })).toBe(`org/name@v1 --port 8000 --host ::${end}`);
  });

  it("of SGLang follow every setting of sglangConfig, in LLMKube's order", () => {
    const sglangConfig = {
      tensorParallelSize: 1,
      expertParallelSize: 2,
      dataParallelSize: 3,
      contextLength: 4096,
      memFractionStatic: 0.85,
      chunkedPrefillSize: 512,
      maxRunningRequests: 9,
      quantization: "awq",
      kvCacheDtype: "fp8_e4m3",
      attentionBackend: "flashinfer",
      enablePrefixCaching: true,
      toolCallParser: "qwen3",
      reasoningParser: "qwen3",
      chatTemplate: "/t.jinja",
      speculative: {
        enabled: true,
        algorithm: "EAGLE3",
        draftModelPath: "/d",
        numSteps: 1,
        eagleTopK: 2,
        numDraftTokens: 4,
        acceptThresholdSingle: 0.5,
        acceptThresholdAcc: 1,
      },
      loraAdapters: [{ name: "a", path: "/a" }],
      loraModules: ["a=/other", "b=/b", '{"name":"c","path":"/c"}', "junk", "{}"],
      maxLoraRank: 16,
      loraTargetModules: ["q_proj", "k_proj"],
      logLevel: "info",
      trustRemoteCode: true,
      skipTokenizerInit: true,
    };
    const spec = { runtime: "sglang", skipModelInit: true, sglangConfig, extraArgs: ["--x"] };
    expect(args({ spec, model: gpu({ count: 1 }) })).toBe(
      "--model-path org/name@v1 --host :: --port 30000 --enable-metrics --served-model-name tiny --tp 1 --ep 2 --dp 3 --context-length 4096 --mem-fraction-static 0.85 --chunked-prefill-size 512 --max-running-requests 9 --quantization awq --kv-cache-dtype fp8_e4m3 --attention-backend flashinfer --enable-prefix-caching --tool-call-parser qwen3 --reasoning-parser qwen3 --chat-template /t.jinja --speculative-algorithm EAGLE3 --speculative-draft-model-path /d --speculative-num-steps 1 --speculative-eagle-topk 2 --speculative-num-draft-tokens 4 --speculative-accept-threshold-single 0.5 --speculative-accept-threshold-acc 1 --lora-paths a=/a,b=/b,c=/c --max-lora-rank 16 --lora-target-modules q_proj,k_proj --log-level info --trust-remote-code --skip-tokenizer-init --x",
    );
  });

  it.each<[string, object, Parts["model"], string]>([
    ["several GPUs", {}, gpu({ count: 2 }), " --tp 2"],
    ["a memory share without a GPU", { memFractionStatic: 0.5 }, {}, ""],
    [
      "a draft without an algorithm",
      { speculative: { enabled: true, draftModelPath: "/d" } },
      {},
      "",
    ],
  ])("of SGLang for %s", (_title, sglangConfig, model = {}, end) => {
    const spec = { runtime: "sglang", skipModelInit: true, sglangConfig };
    expect(args({ spec, model })).toBe(
      `--model-path org/name@v1 --host :: --port 30000 --enable-metrics --served-model-name tiny${end}`,
    );
  });

  it("of TGI follow tgiConfig and the GPUs, without extra arguments", () => {
    const tgiConfig = { quantize: "awq", maxInputLength: 1, maxTotalTokens: 2, dtype: "float16" };
    const spec = { runtime: "tgi", tgiConfig, extraArgs: ["--lost"] };
    expect(args({ spec, model: gpu({ count: 2 }) })).toBe(
      "--model-id org/name@v1 --hostname :: --port 80 --quantize awq --max-input-length 1 --max-total-tokens 2 --dtype float16 --num-shard 2",
    );
  });

  it("of PersonaPlex follow personaPlexConfig", () => {
    const personaPlexConfig = { quantize4Bit: true, cpuOffload: true };
    expect(args({ spec: { runtime: "personaplex", personaPlexConfig } })).toBe(
      "--ssl /app/ssl --quantize-4bit --cpu-offload",
    );
  });

  it("of llama.cpp leave out what the user's own already say of the mode", () => {
    const spec = { mode: "rerank" as const, extraArgs: ["--embedding", "--pooling=none"] };
    expect(args({ spec, model: { files: ["m.gguf"] } })).toBe(
      "--model /models/key/m.gguf --port 8080 --host :: --reranking --cache-ram 0 --embedding --pooling=none --metrics",
    );
  });
});
