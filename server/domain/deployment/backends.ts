import type { Container } from "../model-storage/model-storage";
import { runtimeOf } from "../claim-selection";
import type { InferenceService, Model } from "../objects";
import { repositoryReference } from "../source";
import { gpuCount, gpuRuntime } from "./gpu";
import { llamaCppArgs } from "./llama-cpp-args";
import { httpCheck } from "./probes";

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
  readonly image: (service: InferenceService, model: Model) => string | null;
  readonly command: readonly string[] | null;
  readonly args: (input: ArgsInput) => readonly string[];
  readonly check: (
    port: number,
  ) => Pick<NonNullable<Container["startupProbe"]>, "httpGet" | "tcpSocket">;
  /** Environment variable that takes the Hugging Face token; null when the engine fetches nothing. */
  readonly tokenVariable: string | null;
  /** Field of the spec that configures the engine; only its token is understood so far. */
  readonly configField: string | null;
  readonly serviceLinks: boolean;
};

const LLAMA_CPP = "ghcr.io/ggml-org/llama.cpp";
const VULKAN_IMAGE =
  "ghcr.io/defilantech/llmkube-llama-vulkan@sha256:cbab8af682ecac9b5c865d85219d808dc356814326c70346e05b8b20b333e295";

/** The engines that can be started. Others are named in the service's status as not supported. */
const BACKENDS: Readonly<Record<string, Backend>> = {
  llamacpp: {
    container: "llama-server",
    port: 8080,
    image: llamaCppImage,
    command: null,
    args: llamaCppArgs,
    check: (port) => httpCheck("/health", port),
    tokenVariable: null,
    configField: null,
    serviceLinks: true,
  },
  vllm: {
    container: "vllm",
    port: 8000,
    image: () => "vllm/vllm-openai:v0.25.1",
    command: ["vllm", "serve"],
    args: vllmArgs,
    check: (port) => httpCheck("/health", port),
    tokenVariable: "HF_TOKEN",
    configField: "vllmConfig",
    serviceLinks: false,
  },
  generic: {
    container: "inference-server",
    port: 8080,
    image: () => null,
    command: null,
    args: ({ service }) => service.spec.args ?? [],
    check: (port) => ({ tcpSocket: { port } }),
    tokenVariable: null,
    configField: null,
    serviceLinks: true,
  },
};

/** The engine of the service's runtime; null when it cannot be started yet. */
export function backendOf(service: InferenceService): Backend | null {
  return BACKENDS[runtimeOf(service)] ?? null;
}

/** Port of the serving container; the Service in front of it does not follow the engine's default. */
export function containerPort(service: InferenceService, backend: Backend): number {
  return service.spec.containerPort ?? service.spec.endpoint?.port ?? backend.port;
}

/** No image for ROCm is known here by its digest, so such a service has to name one. */
function llamaCppImage(service: InferenceService, model: Model): string | null {
  if (gpuCount(service, model) === 0) return `${LLAMA_CPP}:server`;
  const runtime = gpuRuntime(model);
  if (runtime === null) return `${LLAMA_CPP}:server-cuda-b10068`;
  return runtime === "vulkan" ? VULKAN_IMAGE : null;
}

function vllmArgs(input: ArgsInput): readonly string[] {
  const { service, model, port, modelPath, stagedDir } = input;
  // Anything but GGUF is a folder of files to this engine.
  const staged = model.spec.format !== "gguf" && stagedDir !== null ? stagedDir : modelPath;
  const served = staged ?? repositoryReference(model.spec.source) ?? model.spec.source;
  return [
    served,
    "--port",
    String(port),
    "--host",
    service.spec.bindAddress ?? "::",
    ...(service.spec.extraArgs ?? []),
  ];
}
