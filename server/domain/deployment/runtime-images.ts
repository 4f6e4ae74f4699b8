import type { Model } from "../objects";
import { gpuRuntime, gpuVendor } from "./gpu";

const LLAMA_CPP = "ghcr.io/ggml-org/llama.cpp";

/** llama.cpp's server without support for any GPU. */
export const CPU_IMAGE = `${LLAMA_CPP}:server`;
const CUDA_IMAGE = `${LLAMA_CPP}:server-cuda-b10068`;

const AMD_IMAGES = {
  vulkan:
    "ghcr.io/defilantech/llmkube-llama-vulkan@sha256:cbab8af682ecac9b5c865d85219d808dc356814326c70346e05b8b20b333e295",
  rocm: "ghcr.io/defilantech/llmkube-llama-rocm@sha256:8da16041a18b4f03f0be4de5e064be97ba8937149091d6693ee09711da362849",
};

/** llama.cpp's server for the GPU that the Model describes. GPUs that only the service counts do not change it, as in LLMKube. */
export function llamaCppImage(model: Model): string {
  const runtime = gpuRuntime(model);
  if (runtime !== null) return AMD_IMAGES[runtime];
  const { enabled = false, count = 0 } = model.spec.hardware?.gpu ?? {};
  const nvidia = ["", "nvidia"].includes(gpuVendor(model));
  return nvidia && (enabled || count > 0) ? CUDA_IMAGE : CPU_IMAGE;
}

/** SGLang's server for the vendor of the Model's GPU. */
export function sglangImage(model: Model): string {
  return gpuVendor(model) === "amd"
    ? "lmsysorg/sglang:v0.5.15-rocm720-mi30x"
    : "lmsysorg/sglang:v0.5.15.post1-cu129";
}
