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

const GPU_RESOURCES: Readonly<Record<string, string>> = {
  nvidia: "nvidia.com/gpu",
  amd: "amd.com/gpu",
  intel: "gpu.intel.com/i915",
};
const GPU_RESOURCE = /gpu|^nvidia\.com\/|^amd\.com\/|^devic\.es\/|^gpu\.intel\.com\//u;

type Owner = {
  readonly service: InferenceService;
  readonly model: Model | null;
  readonly deployment: Deployment | null;
};

/**
 * What pods of the service ask of a node. What the user wrote comes from the spec, so that a change not rolled out yet counts;
 * the name of the GPU resource, its toleration and the labels of a shared pool come from the Deployment where there is one.
 */
export function buildPodRequirements(owner: Owner): PodRequirements {
  const { service, deployment } = owner;
  const template = deployment?.spec?.template.spec;
  const gpu = gpuRequest(owner, template);
  return {
    nodeSelector: { ...poolLabels(service, template), ...service.spec.nodeSelector },
    affinity: service.spec.affinity ?? null,
    tolerations: [...gpuTolerations(owner, gpu), ...(service.spec.tolerations ?? [])],
    requests: { ...computeRequests(service), ...(gpu === null ? {} : { [gpu.name]: gpu.count }) },
  };
}

function poolLabels(service: InferenceService, template: PodSpec | undefined) {
  const mode = service.spec.resources?.gpuSharing?.mode ?? "exclusive";
  return mode === "exclusive" ? {} : (template?.nodeSelector ?? {});
}

function computeRequests(service: InferenceService): Record<string, number> {
  const { cpu, memory, hostMemory } = service.spec.resources ?? {};
  const asked = { cpu, memory: hostMemory ?? memory };
  const requests: Record<string, number> = {};
  for (const [name, text] of Object.entries(asked)) {
    const amount = text === undefined ? null : parseQuantity(text);
    if (amount !== null) requests[name] = amount;
  }
  return requests;
}

type GpuRequest = { readonly name: string; readonly count: number };

function gpuRequest(owner: Owner, template: PodSpec | undefined): GpuRequest | null {
  const declared = gpuCount(owner);
  if (declared === 0) return null;
  return { name: templateGpu(template) ?? gpuResource(owner.model), count: declared };
}

function templateGpu(template: PodSpec | undefined): string | null {
  const limits = template?.containers[0]?.resources?.limits ?? {};
  return Object.keys(limits).find((name) => GPU_RESOURCE.test(name)) ?? null;
}

/** GPUs of one pod: the Model's count where it has one, else the service's. */
export function gpuCount({ service, model }: Pick<Owner, "service" | "model">): number {
  const ofModel = model?.spec.hardware?.gpu;
  if (ofModel?.enabled === true && (ofModel.count ?? 0) > 0) return ofModel.count ?? 0;
  return service.spec.resources?.gpu ?? 0;
}

function gpuResource(model: Model | null): string {
  const gpu = model?.spec.hardware?.gpu;
  const byVendor = GPU_RESOURCES[gpu?.vendor ?? "nvidia"] ?? "nvidia.com/gpu";
  return gpu?.resourceName === undefined || gpu.resourceName === "" ? byVendor : gpu.resourceName;
}

function gpuTolerations({ model }: Owner, gpu: GpuRequest | null): Toleration[] {
  if (gpu === null) return [];
  const key = model?.spec.hardware?.gpu?.tolerationKey ?? "";
  return [
    {
      key: key === "" ? gpu.name : key,
      operator: "Equal",
      value: "present",
      effect: "NoSchedule",
    },
  ];
}
