import { createHash } from "node:crypto";

import type { SourceCatalogue } from "../world/sources";
import type { SourceFailure } from "../world/sources";

/** One model's weights at their source. */
export type Weights = {
  /** The Model's name, and so the file's in a cache. */
  model: string;
  source: string;
  /** As the operator writes it into `status.size`. */
  size: string;
  /** Bytes per simulated second. */
  rate?: number;
  failure?: SourceFailure;
  gguf: { architecture: string; quantization: string };
};

const HUB = "https://huggingface.co";
const FAST = 1.4e9;

const at = (path: string) => `${HUB}/${path}`;
const of = (architecture: string, quantization = "Q4_K_M") => ({ architecture, quantization });

/** What the demo's Models fetch, one entry for each. */
export const WEIGHTS = {
  llama33: {
    model: "llama-3.3-70b",
    source: at(
      "bartowski/Llama-3.3-70B-Instruct-GGUF/resolve/main/Llama-3.3-70B-Instruct-Q4_K_M.gguf",
    ),
    size: "40.3 GiB",
    gguf: of("llama"),
  },
  llama31: {
    model: "llama-3.1-8b",
    source: at(
      "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF/resolve/main/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
    ),
    size: "4.6 GiB",
    gguf: of("llama"),
  },
  llama32: {
    model: "llama-3.2-3b",
    source: at(
      "bartowski/Llama-3.2-3B-Instruct-GGUF/resolve/main/Llama-3.2-3B-Instruct-Q4_K_M.gguf",
    ),
    size: "1.9 GiB",
    gguf: of("llama"),
  },
  codestral: {
    model: "codestral-22b",
    source: at("bartowski/Codestral-22B-v0.1-GGUF/resolve/main/Codestral-22B-v0.1-Q4_K_M.gguf"),
    size: "12.4 GiB",
    gguf: of("llama"),
  },
  qwen3: {
    model: "qwen3-32b",
    source: at("unsloth/Qwen3-32B-GGUF/resolve/main/Qwen3-32B-Q4_K_M.gguf"),
    size: "18.5 GiB",
    gguf: of("qwen3"),
  },
  phi4mini: {
    model: "phi-4-mini",
    source: at("unsloth/Phi-4-mini-instruct-GGUF/resolve/main/Phi-4-mini-instruct-Q4_K_M.gguf"),
    size: "2.3 GiB",
    gguf: of("phi3"),
  },
  bge: {
    model: "bge-m3",
    source: at("gpustack/bge-m3-GGUF/resolve/main/bge-m3-Q8_0.gguf"),
    size: "0.6 GiB",
    gguf: of("bert", "Q8_0"),
  },
  mistral: {
    model: "mistral-small-24b",
    source: at(
      "unsloth/Mistral-Small-3.2-24B-Instruct-2506-GGUF/resolve/main/Mistral-Small-3.2-24B-Instruct-2506-Q4_K_M.gguf",
    ),
    size: "13.3 GiB",
    gguf: of("llama"),
  },
  // Fast enough to fill the disk in the first seconds: the situation is the full disk, not the wait for it.
  mixtral: {
    model: "mixtral-8x7b",
    source: at(
      "TheBloke/Mixtral-8x7B-Instruct-v0.1-GGUF/resolve/main/mixtral-8x7b-instruct-v0.1.Q4_K_M.gguf",
    ),
    size: "24.6 GiB",
    rate: 9e9,
    gguf: of("llama"),
  },
  // Slow on purpose: about six minutes in which progress can be watched.
  gemma: {
    model: "gemma-3-27b",
    source: at("unsloth/gemma-3-27b-it-GGUF/resolve/main/gemma-3-27b-it-Q4_K_M.gguf"),
    size: "16.1 GiB",
    rate: 48e6,
    gguf: of("gemma3"),
  },
  phi4: {
    model: "phi-4",
    source: at("unsloth/phi-4-GGUF/resolve/main/phi-4-Q4_K_M.gguf"),
    size: "8.4 GiB",
    gguf: of("phi3"),
  },
  granite: {
    model: "granite-3.3-8b",
    source: at(
      "ibm-granite/granite-3.3-8b-instruct-GGUF/resolve/main/granite-3.3-8b-instruct-Q4_K_M.gguf",
    ),
    size: "4.6 GiB",
    gguf: of("granite"),
  },
  coder: {
    model: "qwen2.5-coder-32b",
    source: at(
      "bartowski/Qwen2.5-Coder-32B-Instruct-GGUF/resolve/main/Qwen2.5-Coder-32B-Instruct-Q4_K_M.gguf",
    ),
    size: "18.5 GiB",
    gguf: of("qwen2"),
  },
  coderDraft: {
    model: "qwen2.5-coder-0.5b",
    source: at(
      "bartowski/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/Qwen2.5-Coder-0.5B-Instruct-Q8_0.gguf",
    ),
    size: "0.5 GiB",
    gguf: of("qwen2", "Q8_0"),
  },
  deepseek: {
    model: "deepseek-r1-14b",
    source: at(
      "bartowski/DeepSeek-R1-Distill-Qwen-14B-GGUF/resolve/main/DeepSeek-R1-Distill-Qwen-14B-Q4_K_M.gguf",
    ),
    size: "8.4 GiB",
    gguf: of("qwen2"),
  },
  reranker: {
    model: "bge-reranker-v2-m3",
    source: at("gpustack/bge-reranker-v2-m3-GGUF/resolve/main/bge-reranker-v2-m3-FP16.gguf"),
    size: "1.1 GiB",
    rate: 4e9,
    gguf: of("bert", "F16"),
  },
  nomic: {
    model: "nomic-embed-text",
    source: at("nomic-ai/nomic-embed-text-v1.5-GGUF/resolve/main/nomic-embed-text-v1.5.Q8_0.gguf"),
    size: "0.1 GiB",
    gguf: of("nomic-bert", "Q8_0"),
  },
  starcoder: {
    model: "starcoder2-15b",
    source: at("acme-research/starcoder2-15b-tuned-GGUF/resolve/main/starcoder2-15b-Q4_K_M.gguf"),
    size: "9.2 GiB",
    failure: "401",
    gguf: of("starcoder2"),
  },
} as const satisfies Readonly<Record<string, Weights>>;

/** A model that is two files: the weights and the projector that lets it hear. */
export const VOXTRAL = {
  model: "voxtral-mini-3b",
  source: "hf://ggml-org/Voxtral-Mini-3B-2507-GGUF",
  directoryUrl: at("ggml-org/Voxtral-Mini-3B-2507-GGUF/resolve/main/"),
  size: "2.9 GiB",
  gguf: of("llama"),
  files: [
    { name: "Voxtral-Mini-3B-2507-Q4_K_M.gguf", size: "2.3 GiB" },
    { name: "mmproj-Voxtral-Mini-3B-2507-Q8_0.gguf", size: "0.6 GiB" },
  ],
} as const;

/** Bytes of a size such as `40.3 GiB`. */
export function bytesOf(size: string): number {
  return Math.round(Number.parseFloat(size) * 2 ** 30);
}

/** LLMKube's cache key: the first 16 hex characters of the source's SHA-256. */
export function cacheKeyOf(source: string): string {
  return createHash("sha256").update(source).digest("hex").slice(0, 16);
}

/** Where the weights are in a cache. */
export function cachedPath({ model, source }: Pick<Weights, "model" | "source">): string {
  return `${cacheKeyOf(source)}/${model}.gguf`;
}

/** What the simulated network holds under the addresses of the demo's Models. */
export const DEMO_SOURCES: SourceCatalogue = Object.fromEntries([
  ...Object.values<Weights>(WEIGHTS).map(({ source, size, rate = FAST, failure }) => [
    source,
    { bytes: bytesOf(size), bytesPerSecond: rate, ...(failure === undefined ? {} : { failure }) },
  ]),
  ...VOXTRAL.files.map(({ name, size }) => [
    `${VOXTRAL.directoryUrl}${name}`,
    { bytes: bytesOf(size), bytesPerSecond: FAST },
  ]),
]) as SourceCatalogue; // Object.fromEntries loses the value's type
