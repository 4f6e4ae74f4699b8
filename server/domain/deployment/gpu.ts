import type { InferenceService, Model } from "../objects";

const NVIDIA = "nvidia.com/gpu";
const DRI_RENDER = "devic.es/dri-render";
const INTEL = "gpu.intel.com/i915";
const AMD = "amd.com/gpu";

export type GpuRuntime = "vulkan" | "rocm" | null;

/** GPUs of each pod; what the Model asks for comes before what the service asks for. */
export function gpuCount(service: InferenceService, model: Model): number {
  const ofModel = model.spec.hardware?.gpu?.count ?? 0;
  return ofModel > 0 ? ofModel : (service.spec.resources?.gpu ?? 0);
}

/** Whether devices are claimed through resource claims in place of a counted resource. */
export function claimsDevices(model: Model): boolean {
  const gpu: Readonly<Record<string, unknown>> = model.spec.hardware?.gpu ?? {};
  const claims = gpu["resourceClaims"];
  return Array.isArray(claims) && claims.length > 0;
}

/** Whether pods see a GPU at all. */
export function hasGpu(service: InferenceService, model: Model): boolean {
  return gpuCount(service, model) > 0 || claimsDevices(model);
}

/** The compute interface that an AMD GPU is used through; null for the vendor's usual one. */
export function gpuRuntime(model: Model): GpuRuntime {
  const { accelerator = "", gpu } = model.spec.hardware ?? {};
  const named = gpu?.runtime ?? accelerator;
  return named === "vulkan" || named === "rocm" ? named : null;
}

/** The extended resource that a GPU is counted in. */
export function gpuResourceName(model: Model): string {
  const named = gpuField(model, "resourceName");
  if (named !== "") return named;
  if (gpuRuntime(model) !== null) return DRI_RENDER;
  const vendor = gpuField(model, "vendor");
  if (vendor === "amd") return AMD;
  return vendor === "intel" || model.spec.hardware?.accelerator === "intel" ? INTEL : NVIDIA;
}

/** The taint key that GPU pods tolerate. */
export function gpuTolerationKey(model: Model): string {
  const named = gpuField(model, "tolerationKey");
  return named === "" ? gpuResourceName(model) : named;
}

function gpuField(model: Model, field: "resourceName" | "tolerationKey" | "vendor"): string {
  return model.spec.hardware?.gpu?.[field]?.trim() ?? "";
}
