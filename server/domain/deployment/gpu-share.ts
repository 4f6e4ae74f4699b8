import type { InferenceService, Model } from "../objects";
import {
  claimsDevices,
  gpuCount,
  gpuField,
  gpuResourceName,
  gpuTolerationKey,
  gpuVendor,
} from "./gpu";

/** How pods get at a GPU: whole, a slice of one, or a seat on one. */
export type GpuShare = {
  /** The extended resource it is counted in. */
  readonly resourceName: string;
  /** The taint key that pods tolerate. */
  readonly tolerationKey: string;
  /** Labels of the nodes whose GPUs are shared; a node selector of the user wins. */
  readonly nodeSelector: Readonly<Record<string, string>>;
};

const MIG_PREFIX = "nvidia.com/mig-";
const MIG_PROFILE = /^\d+g\.\d+gb$/;

/** The whole GPUs that a Model, or else the service, asks for. */
export function wholeGpu(model: Model): GpuShare {
  return {
    resourceName: gpuResourceName(model),
    tolerationKey: gpuTolerationKey(model),
    nodeSelector: {},
  };
}

/**
 * What `spec.resources.gpuSharing` comes to; the text says why it cannot be had. `sharedPool`: labels of the nodes with shared GPUs, an
 * operator's setting; none means there are no such nodes.
 */
export function planGpuShare(
  service: InferenceService,
  model: Model,
  sharedPool: Readonly<Record<string, string>>,
): GpuShare | string {
  const { mode = "exclusive", profile = "" } = service.spec.resources?.gpuSharing ?? {};
  if (mode === "exclusive") return wholeGpu(model);
  const count = gpuCount(service, model);
  if (count !== 1) return `mode "${mode}" is for exactly one GPU, and ${count} are asked for`;
  if (claimsDevices(model)) {
    return `mode "${mode}" and the Model's hardware.gpu.resourceClaims exclude each other: the claims choose the device`;
  }
  if (mode === "partitioned") return partition(model, profile.trim());
  return mode === "shared" ? seat(model, sharedPool) : `mode "${mode}" is not known`;
}

/** A slice is a resource of its own. */
function partition(model: Model, profile: string): GpuShare | string {
  const vendor = gpuVendor(model);
  if (vendor !== "" && vendor !== "nvidia") {
    return `mode "partitioned" knows NVIDIA's MIG only, and the Model's GPU vendor is "${vendor}"`;
  }
  const named = gpuField(model, "resourceName");
  if (named !== "") {
    return `mode "partitioned" names the resource by its profile, and the Model names "${named}"; take one out`;
  }
  if (!MIG_PROFILE.test(profile)) {
    return `profile "${profile}" is no MIG profile such as "1g.24gb"`;
  }
  const resourceName = `${MIG_PREFIX}${profile}`;
  const key = gpuField(model, "tolerationKey");
  return { resourceName, tolerationKey: key === "" ? resourceName : key, nodeSelector: {} };
}

/** Pods that share a GPU ask for the same resource as those that do not, so they need nodes of their own; AMD's APUs are shared anyway. */
function seat(model: Model, sharedPool: Readonly<Record<string, string>>): GpuShare | string {
  if (gpuVendor(model) === "amd") return wholeGpu(model);
  if (Object.keys(sharedPool).length === 0) {
    return `mode "shared" needs nodes set apart for it: the operator's --gpu-sharing-shared-pool-selector is empty`;
  }
  return { ...wholeGpu(model), nodeSelector: sharedPool };
}
