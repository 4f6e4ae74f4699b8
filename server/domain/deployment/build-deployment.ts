import type { InferenceService, Model, PodTemplate } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { runtimeOf } from "../claim-selection";
import { ownerReference, selectorLabels, workloadLabels } from "../service-labels";
import type { Backend } from "./backends";
import { backendOf } from "./backends";
import { gpuCount, hasGpu } from "./gpu";
import { planGpuShare } from "./gpu-share";
import { record } from "./flags";
import { buildPodTemplate } from "./pod-template";
import { resourceFault } from "./resources";
import { TEMPLATE_HASH_ANNOTATION, templateHash } from "./template-hash";

export type DeploymentInput = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
  readonly settings: OperatorSettings;
  readonly replicas: number;
};

/** A Deployment as it is applied: without status and without what the API server fills in. */
export type DesiredDeployment = {
  readonly apiVersion: "apps/v1";
  readonly kind: "Deployment";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly ReturnType<typeof ownerReference>[];
  };
  readonly spec: {
    readonly replicas: number;
    readonly revisionHistoryLimit?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly strategy: { readonly type: "Recreate" | "RollingUpdate" };
    readonly template: PodTemplate;
  };
};

export type DeploymentPlan =
  | { readonly kind: "deployment"; readonly deployment: DesiredDeployment }
  /** The service asks for something that cannot be built; the text names it. */
  | { readonly kind: "fault"; readonly message: string };

/** The Deployment of a service, or why there can be none. */
export function planDeployment(input: DeploymentInput): DeploymentPlan {
  const { service, model, settings } = input;
  const backend = backendOf(service);
  const image = imageOf(input, backend);
  if (image === null) {
    return cannotCreate("spec.image is needed: there is no default image for this runtime");
  }
  const share = planGpuShare(service, model, settings.sharedGpuPool);
  if (typeof share === "string") return fault(`Invalid gpuSharing: ${share}`);
  const parallel = parallelismFault(service, model);
  if (parallel !== null) return fault(`Invalid parallelism: ${parallel}`);
  const refused = resourceFault(service);
  if (refused !== null) return cannotCreate(refused);
  const template = buildPodTemplate({
    service,
    model,
    settings,
    backend,
    image,
    share,
    draft: input.draft,
  });
  return { kind: "deployment", deployment: around(template, input) };
}

function around(
  template: PodTemplate,
  { service, model, replicas }: DeploymentInput,
): DesiredDeployment {
  const { revisionHistoryLimit } = service.spec;
  // A second pod could not get the GPU that the first still holds.
  const type = hasGpu(service, model) ? "Recreate" : "RollingUpdate";
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      labels: workloadLabels(service),
      annotations: { [TEMPLATE_HASH_ANNOTATION]: templateHash(template) },
      ownerReferences: [ownerReference(service)],
    },
    spec: {
      replicas,
      ...(revisionHistoryLimit === undefined ? {} : { revisionHistoryLimit }),
      selector: { matchLabels: selectorLabels(service) },
      strategy: { type },
      template,
    },
  };
}

function imageOf({ service, model, settings }: DeploymentInput, backend: Backend): string | null {
  const named = service.spec.image ?? "";
  if (named !== "") return named;
  const mirrored = backend.mirrored ? settings.runtimeImages[runtimeOf(service)] : undefined;
  return mirrored ?? backend.image(model);
}

/** Engine → where it is told over how many GPUs one copy of the model is spread. */
const SPREAD: Readonly<Record<string, string>> = { vllm: "vllmConfig", sglang: "sglangConfig" };

/** A copy of the model cannot be spread over more GPUs than a pod gets. */
function parallelismFault(service: InferenceService, model: Model): string | null {
  const field = SPREAD[runtimeOf(service)];
  const { tensorParallelSize } = record(field === undefined ? {} : service.spec[field]);
  const gpus = gpuCount(service, model);
  if (typeof tensorParallelSize !== "number" || gpus === 0 || tensorParallelSize <= gpus) {
    return null;
  }
  return `spec.${field}.tensorParallelSize is ${tensorParallelSize}, and each pod gets ${gpus} GPUs`;
}

function cannotCreate(why: string): DeploymentPlan {
  return fault(`Failed to create Deployment: ${why}`);
}

function fault(message: string): DeploymentPlan {
  return { kind: "fault", message };
}
