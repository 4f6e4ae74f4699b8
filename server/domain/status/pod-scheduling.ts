import type { InferenceService, Pod } from "../objects";
import type { VolumeLookup } from "./volume-affinity";
import { diagnoseVolumeAffinity } from "./volume-affinity";

/** Why a pod waits, in the words of the service's status. */
export type SchedulingInfo = {
  readonly status: string;
  readonly message: string;
  /** `<resource>: <count>` while a GPU is missing; null otherwise. */
  readonly waitingFor: string | null;
};

const GPU_RESOURCES = [
  "nvidia.com/gpu",
  "gpu.intel.com/i915",
  "gpu.intel.com/xe",
  "devic.es/dri-render",
];

/** What keeps the first pending pod from being scheduled; null when none is held back. */
export function podSchedulingInfo(
  service: InferenceService,
  pods: readonly Pod[],
  lookup: VolumeLookup,
): SchedulingInfo | null {
  for (const pod of pods) {
    if (pod.status?.phase !== "Pending") continue;
    const scheduled = pod.status.conditions?.find(({ type }) => type === "PodScheduled");
    if (scheduled?.status !== "False") continue;
    const message = scheduled.message ?? "";
    const unbindable = diagnoseVolumeAffinity(pod, message, lookup);
    if (unbindable !== null) {
      return { status: "UnbindableModelCache", message: unbindable, waitingFor: null };
    }
    return classify(service, scheduled.reason ?? "", message);
  }
  return null;
}

function classify(service: InferenceService, reason: string, message: string): SchedulingInfo {
  const missing = GPU_RESOURCES.find((resource) => message.includes(`Insufficient ${resource}`));
  if (missing !== undefined) {
    const waitingFor = `${missing}: ${service.spec.resources?.gpu ?? 0}`;
    return { status: "InsufficientGPU", message, waitingFor };
  }
  const status = message.includes("Insufficient") ? "InsufficientResources" : reason;
  return { status, message, waitingFor: null };
}
