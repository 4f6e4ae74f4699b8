import type { InferenceService, Model, PodSpec } from "../objects";
import { gpuCount, gpuTolerationKey } from "./gpu";

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
export function buildPlacement(service: InferenceService, model: Model): Placement {
  const { spec } = service;
  const tolerations = [...gpuToleration(service, model), ...(spec.tolerations ?? [])];
  return {
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(spec.nodeSelector === undefined ? {} : { nodeSelector: spec.nodeSelector }),
    ...(spec.affinity === undefined ? {} : { affinity: spec.affinity }),
    ...(spec.topologySpreadConstraints === undefined
      ? {}
      : { topologySpreadConstraints: spec.topologySpreadConstraints }),
    ...(spec.runtimeClassName === undefined ? {} : { runtimeClassName: spec.runtimeClassName }),
    ...(spec.imagePullSecrets === undefined ? {} : { imagePullSecrets: spec.imagePullSecrets }),
  };
}

function gpuToleration(service: InferenceService, model: Model) {
  if (gpuCount(service, model) === 0) return [];
  const key = gpuTolerationKey(model);
  return [{ key, operator: "Equal", value: "present", effect: "NoSchedule" }];
}
