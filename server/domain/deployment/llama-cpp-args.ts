import type { InferenceService, Model } from "../objects";
import type { ArgsInput } from "./backends";
import { given, hasExtra, list, named, positive, record, text } from "./flags";
import { gpuCount, hasGpu } from "./gpu";
import { hostArgs } from "./host-args";

type Spec = InferenceService["spec"];

/** Arguments of llama.cpp's server in the contract's order; the user's extra arguments come last but for `--metrics`. */
export function llamaCppArgs(input: ArgsInput): readonly string[] {
  const { service } = input;
  const { spec } = service;
  return [
    // Also when nothing is staged: the engine takes the last `--model`, which may be the user's.
    "--model",
    input.modelPath ?? "",
    "--port",
    String(input.port),
    ...hostArgs(spec),
    ...gpuArgs(input),
    ...contextArgs(spec),
    ...attentionArgs(input),
    ...memoryArgs(spec),
    ...batchArgs(spec),
    ...speculationArgs(input),
    ...reasoningArgs(spec),
    ...projectorArgs(input),
    ...list(spec["metadataOverrides"]).flatMap((value) => ["--override-kv", value]),
    ...modeArgs(spec),
    ...(spec.extraArgs ?? []),
    "--metrics",
  ];
}

function gpuArgs({ service, model }: ArgsInput): readonly string[] {
  if (!hasGpu(service, model)) return [];
  const layers = model.spec.hardware?.gpu?.layers ?? 0;
  return [
    "--n-gpu-layers",
    String(layers > 0 ? layers : 99),
    ...splitArgs(model, gpuCount(service, model)),
  ];
}

function splitArgs(model: Model, count: number): readonly string[] {
  if (count <= 1) return [];
  const { strategy = "layer", layerSplit } = model.spec.hardware?.gpu?.sharding ?? {};
  const mode = SPLIT_MODES[strategy] ?? "layer";
  if (mode === "none") return ["--split-mode", mode];
  return ["--split-mode", mode, "--tensor-split", sharesOf(layerSplit ?? [], count).join(",")];
}

/** The GPUs' shares of the layers in smallest numbers; equal ones unless each GPU has a range such as `0-24`. */
function sharesOf(ranges: readonly string[], count: number): readonly number[] {
  const sizes = ranges.map((range) => {
    const [, first, last] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(range) ?? [];
    return Number(last) - Number(first) + 1;
  });
  const isSplit = sizes.length === count && sizes.every((size) => size > 0);
  if (!isSplit) return Array.from({ length: count }, () => 1);
  const divisor = sizes.reduce(greatestCommonDivisor);
  return sizes.map((size) => size / divisor);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** How the Model's words map to llama.cpp's. */
const SPLIT_MODES: Readonly<Record<string, string>> = {
  layer: "layer",
  pipeline: "layer",
  row: "row",
  tensor: "row",
  none: "none",
};

function contextArgs(spec: Spec): readonly string[] {
  return [
    ...positive("--ctx-size", spec["contextSize"]),
    ...ropeArgs(spec),
    ...(hasExtra(spec, "--parallel") ? [] : positive("--parallel", spec["parallelSlots"])),
  ];
}

function ropeArgs(spec: Spec): readonly string[] {
  const rope = record(spec["ropeScaling"]);
  if (text(rope["type"]) === "" || hasExtra(spec, "--rope-scaling")) return [];
  return [
    ...named("--rope-scaling", rope["type"]),
    ...named("--rope-scale", rope["factor"]),
    ...positive("--yarn-orig-ctx", rope["originalContext"]),
  ];
}

function attentionArgs({ service, model }: ArgsInput): readonly string[] {
  const { spec } = service;
  const flash = spec["flashAttention"] === true && hasGpu(service, model);
  return [
    ...(flash ? ["--flash-attn", "on"] : []),
    ...given("--jinja", spec["jinja"]),
    ...named("--cache-type-k", spec["cacheTypeCustomK"] ?? spec["cacheTypeK"]),
    ...named("--cache-type-v", spec["cacheTypeCustomV"] ?? spec["cacheTypeV"]),
  ];
}

function memoryArgs(spec: Spec): readonly string[] {
  return [
    ...given("--cpu-moe", spec["moeCPUOffload"]),
    ...positive("--n-cpu-moe", spec["moeCPULayers"]),
    ...given("--no-kv-offload", spec["noKvOffload"]),
    ...list(spec["tensorOverrides"]).flatMap((value) => ["--override-tensor", value]),
  ];
}

function batchArgs(spec: Spec): readonly string[] {
  return [
    ...positive("--batch-size", spec["batchSize"]),
    ...positive("--ubatch-size", spec["uBatchSize"]),
    ...given("--no-warmup", spec["noWarmup"]),
  ];
}

function speculationArgs({ service, draftPath }: ArgsInput): readonly string[] {
  const { type = "none", nDraftMax, pMin } = service.spec.speculativeDecoding ?? {};
  if (type === "none" || type === "disabled") return [];
  return [
    "--spec-type",
    SPECULATION_ALIASES[type] ?? type,
    ...(draftPath === null ? [] : ["-md", draftPath]),
    ...positive("--spec-draft-n-max", nDraftMax),
    ...(pMin === undefined ? [] : ["--spec-draft-p-min", String(pMin)]),
  ];
}

const SPECULATION_ALIASES: Readonly<Record<string, string>> = {
  draft: "draft-simple",
  mtp: "draft-mtp",
};

function reasoningArgs(spec: Spec): readonly string[] {
  const budget = spec["reasoningBudget"];
  if (typeof budget !== "number") return [];
  return [
    "--reasoning-budget",
    String(budget),
    ...named("--reasoning-budget-message", spec["reasoningBudgetMessage"]),
  ];
}

function projectorArgs({ service, model, stagedDir }: ArgsInput): readonly string[] {
  const mmproj = model.spec.mmproj ?? "";
  if (mmproj === "" || stagedDir === null || hasExtra(service.spec, "--mmproj")) return [];
  return ["--mmproj", `${stagedDir}/${mmproj}`];
}

/** Only what the service says of itself counts here; what its arguments give away, they already hold. */
function modeArgs(spec: Spec): readonly string[] {
  const flags = MODE_FLAGS[spec.mode ?? "chat"] ?? [];
  return flags.filter(([flag = ""]) => !hasExtra(spec, flag)).flat();
}

const MODE_FLAGS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  rerank: [["--reranking"], ["--embedding"], ["--pooling", "rank"], ["--cache-ram", "0"]],
  embedding: [["--embedding"], ["--pooling", "last"], ["--cache-ram", "0"]],
};
