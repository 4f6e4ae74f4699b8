import { servingMode } from "../serving-mode";
import type { ArgsInput } from "./backends";
import { given, hasExtra, list, named, positive, record, text } from "./flags";
import { gpuCount } from "./gpu";
import { servedModel } from "./served-model";
import { kvCacheArgs } from "./vllm-args";

type Config = Readonly<Record<string, unknown>>;

/** Arguments of SGLang's server in LLMKube's order; it tells its metrics only when asked to. The user's own come last. */
export function sglangArgs(input: ArgsInput): readonly string[] {
  const { service, model, port } = input;
  const { spec } = service;
  const gpus = gpuCount(service, model);
  const config = record(spec["sglangConfig"]);
  const servedName = hasExtra(spec, "--served-model-name") ? "" : spec.modelRef;
  const embeds = servingMode(spec) === "embedding" && !hasExtra(spec, "--is-embedding");
  return [
    ...["--model-path", servedModel(input)],
    ...["--host", "::", "--port", String(port), "--enable-metrics"],
    ...named("--served-model-name", servedName),
    ...sizeArgs(config, gpus),
    ...behaviourArgs(config),
    ...speculativeArgs(record(config["speculative"])),
    ...loraArgs(config),
    ...processArgs(config),
    ...(config["tensorParallelSize"] === undefined && gpus > 1 ? ["--tp", String(gpus)] : []),
    ...given("--is-embedding", embeds),
    ...(spec.extraArgs ?? []),
  ];
}

function sizeArgs(config: Config, gpus: number): readonly string[] {
  return [
    ...positive("--tp", config["tensorParallelSize"]),
    ...positive("--ep", config["expertParallelSize"]),
    ...positive("--dp", config["dataParallelSize"]),
    ...named("--context-length", config["contextLength"]),
    // Means nothing without a GPU that the pod is given by count.
    ...(gpus === 0 ? [] : named("--mem-fraction-static", config["memFractionStatic"])),
    ...named("--chunked-prefill-size", config["chunkedPrefillSize"]),
    ...named("--max-running-requests", config["maxRunningRequests"]),
  ];
}

function behaviourArgs(config: Config): readonly string[] {
  return [
    ...named("--quantization", config["quantization"]),
    ...kvCacheArgs(config),
    ...named("--attention-backend", config["attentionBackend"]),
    ...given("--enable-prefix-caching", config["enablePrefixCaching"]),
    ...named("--tool-call-parser", config["toolCallParser"]),
    ...named("--reasoning-parser", config["reasoningParser"]),
    ...named("--chat-template", config["chatTemplate"]),
  ];
}

function speculativeArgs(config: Config): readonly string[] {
  const algorithm = named("--speculative-algorithm", config["algorithm"]);
  const draft = named("--speculative-draft-model-path", config["draftModelPath"]);
  if (config["enabled"] !== true || algorithm.length === 0 || draft.length === 0) return [];
  return [
    ...algorithm,
    ...draft,
    ...named("--speculative-num-steps", config["numSteps"]),
    ...named("--speculative-eagle-topk", config["eagleTopK"]),
    ...named("--speculative-num-draft-tokens", config["numDraftTokens"]),
    ...named("--speculative-accept-threshold-single", config["acceptThresholdSingle"]),
    ...named("--speculative-accept-threshold-acc", config["acceptThresholdAcc"]),
  ];
}

function loraArgs(config: Config): readonly string[] {
  return [
    ...named("--lora-paths", loraPaths(config).join(",")),
    ...named("--max-lora-rank", config["maxLoraRank"]),
    ...named("--lora-target-modules", list(config["loraTargetModules"]).join(",")),
  ];
}

function processArgs(config: Config): readonly string[] {
  return [
    ...named("--log-level", config["logLevel"]),
    ...given("--trust-remote-code", config["trustRemoteCode"]),
    ...given("--skip-tokenizer-init", config["skipTokenizerInit"]),
  ];
}

type Adapter = { readonly name: string; readonly path: string };

/** `name=path` of each adapter: those of `loraAdapters` first, then those of the older `loraModules` that have another name. */
function loraPaths(config: Config): readonly string[] {
  const { loraAdapters } = config;
  const typed = (Array.isArray(loraAdapters) ? loraAdapters : []).map(adapterOf).filter(isNamed);
  const taken = new Set(typed.map(({ name }) => name));
  const older = list(config["loraModules"])
    .map(olderAdapter)
    .filter(isNamed)
    .filter(({ name }) => !taken.has(name));
  return [...typed, ...older].map(({ name, path }) => `${name}=${path}`);
}

function adapterOf(value: unknown): Adapter {
  const { name, path } = record(value);
  return { name: text(name), path: text(path) };
}

const isNamed = ({ name }: Adapter): boolean => name !== "";

/** `name=path`, or a JSON object with the two; without a name when it is neither. */
function olderAdapter(entry: string): Adapter {
  const [, name = "", path = ""] = /^([^={[ "]+)=(.*)$/s.exec(entry) ?? [];
  if (name !== "") return { name, path };
  try {
    return adapterOf(JSON.parse(entry));
  } catch {
    return { name: "", path: "" }; // not JSON either: an adapter without a name is left out
  }
}
