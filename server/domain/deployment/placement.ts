import type { InferenceService, Model, PodSpec } from "../objects";
import { gpuCount } from "./gpu";
import type { GpuShare } from "./gpu-share";

type Placement = Pick<
  PodSpec,
  | "nodeSelector"
  | "tolerations"
  | "affinity"
  | "topologySpreadConstraints"
  | "runtimeClassName"
  | "imagePullSecrets"
>;

/** Where pods may run: the GPU's taint is tolerated first, then what the user tolerates; all else is as the user says. */
export function buildPlacement(
  service: InferenceService,
  model: Model,
  share: GpuShare,
): Placement {
  const { spec } = service;
  const taint = gpuCount(service, model) > 0 ? [gpuToleration(share)] : [];
  const tolerations = [...taint, ...(spec.tolerations ?? [])];
  const nodeSelector = { ...share.nodeSelector, ...spec.nodeSelector };
  return {
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(spec.affinity === undefined ? {} : { affinity: spec.affinity }),
    ...(spec.topologySpreadConstraints === undefined
      ? {}
      : { topologySpreadConstraints: spec.topologySpreadConstraints }),
    ...(spec.runtimeClassName === undefined ? {} : { runtimeClassName: spec.runtimeClassName }),
    ...(spec.imagePullSecrets === undefined ? {} : { imagePullSecrets: spec.imagePullSecrets }),
  };
}

function gpuToleration({ tolerationKey }: GpuShare) {
  return { key: tolerationKey, operator: "Equal", value: "present", effect: "NoSchedule" };
}
