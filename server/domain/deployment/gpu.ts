import type { InferenceService, Model } from "../objects";

const NVIDIA = "nvidia.com/gpu";
/** Through which the render nodes of a GPU are given to pods. */
export const DRI_RENDER = "devic.es/dri-render";
const VENDOR_RESOURCES: Readonly<Record<string, string>> = {
  amd: "amd.com/gpu",
  intel: "gpu.intel.com/i915",
};

export type GpuRuntime = "vulkan" | "rocm" | null;

/** GPUs of each pod; what the Model asks for comes before what the service asks for. */
export function gpuCount(service: InferenceService, model: Model): number {
  const ofModel = model.spec.hardware?.gpu?.count ?? 0;
  return ofModel > 0 ? ofModel : (service.spec.resources?.gpu ?? 0);
}

/** The Model's resource claims: devices by dynamic resource allocation. */
export function deviceClaims(model: Model) {
  return model.spec.hardware?.gpu?.resourceClaims ?? [];
}

/** Whether devices are claimed through resource claims in place of a counted resource. */
export function claimsDevices(model: Model): boolean {
  return deviceClaims(model).length > 0;
}

/** Whether pods see a GPU at all. */
export function hasGpu(service: InferenceService, model: Model): boolean {
  return gpuCount(service, model) > 0 || claimsDevices(model);
}

/** The vendor that the Model names, in lower case; "" when it names none, which means NVIDIA. */
export function gpuVendor(model: Model): string {
  return gpuField(model, "vendor").toLowerCase();
}

/** The compute interface that an AMD GPU is used through; null for AMD's usual one and for other vendors. */
export function gpuRuntime(model: Model): GpuRuntime {
  const runtime = gpuField(model, "runtime").toLowerCase();
  if (gpuVendor(model) !== "amd") return null;
  return runtime === "vulkan" || runtime === "rocm" ? runtime : null;
}

/** The extended resource that a GPU is counted in. */
export function gpuResourceName(model: Model): string {
  const named = gpuField(model, "resourceName");
  if (named !== "") return named;
  // Both interfaces to an AMD GPU use the same device.
  if (gpuRuntime(model) !== null) return DRI_RENDER;
  return VENDOR_RESOURCES[gpuVendor(model)] ?? NVIDIA;
}

/** The taint key that GPU pods tolerate. */
export function gpuTolerationKey(model: Model): string {
  const named = gpuField(model, "tolerationKey");
  return named === "" ? gpuResourceName(model) : named;
}

/** A field of the Model's GPU, trimmed; "" when it is not set. */
export function gpuField(
  model: Model,
  field: "resourceName" | "tolerationKey" | "vendor" | "runtime",
): string {
  return model.spec.hardware?.gpu?.[field]?.trim() ?? "";
}
