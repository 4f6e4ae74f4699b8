import type { ArgsInput } from "./backends";
import { given, hasExtra, named, positive, record } from "./flags";
import { gpuCount } from "./gpu";
import { hostArgs } from "./host-args";
import { servedModel } from "./served-model";

type Config = Readonly<Record<string, unknown>>;

/** Arguments of `vllm serve` in LLMKube's order: the model, the address, `vllmConfig`, what follows from GPUs and slots, the user's own. */
export function vllmArgs(input: ArgsInput): readonly string[] {
  const { service, model, port } = input;
  const { spec } = service;
  const gpus = gpuCount(service, model);
  const config = record(spec["vllmConfig"]);
  return [
    servedModel(input),
    "--port",
    String(port),
    ...hostArgs(spec),
    ...configArgs(config),
    ...deviceArgs(config, gpus),
    ...(config["tensorParallelSize"] === undefined ? tensorParallel(gpus) : []),
    ...(hasExtra(spec, "--max-num-seqs") ? [] : positive("--max-num-seqs", spec["parallelSlots"])),
    ...(spec.extraArgs ?? []),
  ];
}

function configArgs(config: Config): readonly string[] {
  return [
    ...tensorParallel(config["tensorParallelSize"]),
    ...named("--max-model-len", config["maxModelLen"]),
    ...named("--quantization", config["quantization"]),
    ...named("--dtype", config["dtype"]),
    ...kvCacheArgs(config),
    ...given("--enable-prefix-caching", config["enablePrefixCaching"]),
    ...given("--enable-chunked-prefill", config["enableChunkedPrefill"]),
    ...named("--max-num-batched-tokens", config["maxNumBatchedTokens"]),
    ...named("--attention-backend", config["attentionBackend"]),
    ...speculativeArgs(record(config["speculative"])),
    ...given("--enable-expert-parallel", config["enableExpertParallel"]),
  ];
}

/** One GPU is the engine's default. */
function tensorParallel(size: unknown): readonly string[] {
  return typeof size === "number" && size > 1 ? ["--tensor-parallel-size", String(size)] : [];
}

function speculativeArgs({ enabled, model, numSpeculativeTokens }: Config): readonly string[] {
  const draft = named("--speculative-model", model);
  if (enabled !== true || draft.length === 0) return [];
  return [...draft, ...named("--num-speculative-tokens", numSpeculativeTokens)];
}

/** These mean nothing to the engine without a GPU that the pod is given by count. */
function deviceArgs({ cpuOffloadGB, gpuMemoryUtilization }: Config, gpus: number) {
  if (gpus === 0) return [];
  const share =
    typeof gpuMemoryUtilization === "number" ? gpuMemoryUtilization.toFixed(2) : undefined;
  return [...named("--cpu-offload-gb", cpuOffloadGB), ...named("--gpu-memory-utilization", share)];
}

/** The element type of the KV cache; a custom one wins, and `auto` is the engine's default. */
export function kvCacheArgs({ kvCacheCustomDtype = "", kvCacheDtype }: Config): readonly string[] {
  const type = kvCacheCustomDtype === "" ? kvCacheDtype : kvCacheCustomDtype;
  return type === "auto" ? [] : named("--kv-cache-dtype", type);
}
