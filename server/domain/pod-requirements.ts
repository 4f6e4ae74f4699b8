import type { GpuShare } from "./deployment/gpu-share";
import { planGpuShare, wholeGpu } from "./deployment/gpu-share";
import { buildPlacement } from "./deployment/placement";
import { buildResources } from "./deployment/resources";
import type { Deployment, InferenceService, Model, PodSpec, Toleration } from "./objects";
import { parseQuantity } from "./quantity";

/** What decides on which node a pod of a service may run. */
export type PodRequirements = {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly affinity: NonNullable<PodSpec["affinity"]> | null;
  readonly tolerations: readonly Toleration[];
  /** By resource name: cores, bytes, devices. */
  readonly requests: Readonly<Record<string, number>>;
};

type Owner = {
  readonly service: InferenceService;
  readonly model: Model | null;
  readonly deployment: Deployment | null;
};

/** Asks for nothing beyond what the service itself says. */
const NO_MODEL = { spec: { source: "" } } as Model; // the rules used here read only spec.hardware

/**
 * What pods of the service ask of a node, by the operator's own rules and from the spec, so that a change not rolled out yet counts.
 * Only the labels of a shared GPU pool, which the operator chooses, come from the Deployment.
 */
export function buildPodRequirements({ service, model, deployment }: Owner): PodRequirements {
  const share = shareOf({ service, model, deployment });
  const placement = buildPlacement(service, model ?? NO_MODEL, share);
  return {
    nodeSelector: placement.nodeSelector ?? {},
    affinity: placement.affinity ?? null,
    tolerations: placement.tolerations ?? [],
    requests: requestsOf(service, model ?? NO_MODEL, share),
  };
}

/** What cannot be had is asked for as a whole GPU: the pods that run do so. */
function shareOf({ service, model, deployment }: Owner): GpuShare {
  const pool = deployment?.spec?.template.spec?.nodeSelector ?? {};
  const share = planGpuShare(service, model ?? NO_MODEL, pool);
  return typeof share === "string" ? wholeGpu(model ?? NO_MODEL) : share;
}

/** A limit without a request is a request. What is no quantity asks for nothing. */
function requestsOf(
  service: InferenceService,
  model: Model,
  share: GpuShare,
): Record<string, number> {
  const { limits, requests } = buildResources(service, model, share);
  return Object.fromEntries(
    Object.entries({ ...limits, ...requests }).flatMap(([name, text]) => {
      const amount = parseQuantity(text);
      return amount === null ? [] : [[name, amount] as const];
    }),
  );
}
