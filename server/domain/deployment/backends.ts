import type { EnvVar } from "../model-storage/model-storage";
import { runtimeOf } from "../claim-selection";
import type { InferenceService, Model } from "../objects";
import { given, record } from "./flags";
import { llamaCppArgs } from "./llama-cpp-args";
import type { Checks } from "./probes";
import { httpChecks, tcpChecks } from "./probes";
import { CPU_IMAGE, llamaCppImage, sglangImage } from "./runtime-images";
import { sglangArgs } from "./sglang-args";
import { tgiArgs } from "./tgi-args";
import { vllmArgs } from "./vllm-args";

export type ArgsInput = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly port: number;
  readonly modelPath: string | null;
  readonly stagedDir: string | null;
  readonly draftPath: string | null;
};

/** How one serving engine is started. */
export type Backend = {
  readonly container: string;
  readonly port: number;
  /** null: the engine has no default image, the service must name one. */
  readonly image: (model: Model) => string | null;
  /** Whether `--runtime-images` may name another default. */
  readonly mirrored: boolean;
  readonly command: readonly string[] | null;
  readonly args: (input: ArgsInput) => readonly string[];
  readonly checks: (port: number) => Checks;
  /** Environment variable that takes the Hugging Face token; null when the engine fetches nothing. */
  readonly tokenVariable: string | null;
  /** Field of the spec that configures the engine, and names its token's Secret. */
  readonly configField: string | null;
  readonly env: readonly EnvVar[];
  readonly serviceLinks: boolean;
  /** Gauge that an autoscaler follows when the service names no metric. */
  readonly load: string;
};

const LLAMA_CPP: Backend = {
  container: "llama-server",
  port: 8080,
  image: llamaCppImage,
  mirrored: true,
  command: null,
  args: llamaCppArgs,
  checks: (port) => httpChecks(port, { path: "/health" }),
  tokenVariable: null,
  configField: null,
  env: [],
  serviceLinks: true,
  load: "llamacpp:requests_processing",
};

const BACKENDS: Readonly<Record<string, Backend>> = {
  llamacpp: LLAMA_CPP,
  "llamacpp-router": {
    ...LLAMA_CPP,
    image: () => CPU_IMAGE,
    mirrored: false,
    args: routerArgs,
  },
  vllm: {
    ...LLAMA_CPP,
    container: "vllm",
    port: 8000,
    image: () => "vllm/vllm-openai:v0.25.1",
    command: ["vllm", "serve"],
    args: vllmArgs,
    tokenVariable: "HF_TOKEN",
    configField: "vllmConfig",
    serviceLinks: false,
    load: "vllm:num_requests_running",
  },
  sglang: {
    ...LLAMA_CPP,
    container: "sglang",
    port: 30_000,
    image: sglangImage,
    command: ["python3", "-m", "sglang.launch_server"],
    args: sglangArgs,
    // The path that generates a token says more, and is too dear to ask a running engine all the time.
    checks: (port) => httpChecks(port, { path: "/health_generate", alive: "/health" }),
    tokenVariable: "HF_TOKEN",
    configField: "sglangConfig",
    load: "sglang:num_requests_running",
  },
  tgi: {
    ...LLAMA_CPP,
    container: "tgi",
    port: 80,
    image: () => "ghcr.io/huggingface/text-generation-inference:3.3.7",
    args: tgiArgs,
    tokenVariable: "HUGGING_FACE_HUB_TOKEN",
    configField: "tgiConfig",
    load: "tgi:queue_size",
  },
  personaplex: {
    ...LLAMA_CPP,
    container: "personaplex",
    port: 8998,
    image: () => null,
    mirrored: false,
    command: ["/app/moshi/.venv/bin/python", "-m", "moshi.server"],
    args: personaPlexArgs,
    checks: tcpChecks,
    tokenVariable: "HF_TOKEN",
    configField: "personaPlexConfig",
    env: [{ name: "NO_TORCH_COMPILE", value: "1" }],
  },
  generic: {
    ...LLAMA_CPP,
    container: "inference-server",
    image: () => null,
    mirrored: false,
    args: ({ service }) => service.spec.args ?? [],
    checks: tcpChecks,
  },
};

/** The engine of the service's runtime; llama.cpp for one that is not known, as LLMKube does. */
export function backendOf(service: InferenceService): Backend {
  return BACKENDS[runtimeOf(service)] ?? LLAMA_CPP;
}

/** Port of the serving container; the Service in front of it does not follow the engine's default. */
export function containerPort(service: InferenceService, backend: Backend): number {
  return service.spec.containerPort ?? service.spec.endpoint?.port ?? backend.port;
}

/** The router loads whatever lies in the folder, each model with settings of its own. */
function routerArgs({ service, port }: ArgsInput): readonly string[] {
  return [
    ...["--models-dir", "/models", "--host", "::", "--port", String(port), "--metrics"],
    ...(service.spec.extraArgs ?? []),
  ];
}

function personaPlexArgs({ service }: ArgsInput): readonly string[] {
  const { quantize4Bit, cpuOffload } = record(service.spec["personaPlexConfig"]);
  return [
    ...["--ssl", "/app/ssl"],
    ...given("--quantize-4bit", quantize4Bit),
    ...given("--cpu-offload", cpuOffload),
  ];
}
