import type { InferenceService, Model, PodTemplate } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { runtimeOf } from "../claim-selection";
import { ownerReference, selectorLabels, workloadLabels } from "../service-labels";
import type { Backend } from "./backends";
import { backendOf } from "./backends";
import { claimsDevices, hasGpu } from "./gpu";
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
  if (image === null)
    return fault(`spec.image is needed: there is no default image for this runtime`);
  const refused = unsupported(service, model) ?? resourceFault(service);
  if (refused !== null) return fault(refused);
  const template = buildPodTemplate({
    service,
    model,
    settings,
    backend,
    image,
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

/** Settings whose effect is not built yet: better no pod than one that silently lacks them. */
function unsupported(service: InferenceService, model: Model): string | null {
  if (claimsDevices(model)) {
    return "spec.hardware.gpu.resourceClaims of the Model is not supported by the built-in operator";
  }
  const sharing = service.spec.resources?.gpuSharing?.mode ?? "exclusive";
  if (sharing !== "exclusive") {
    return `spec.resources.gpuSharing.mode "${sharing}" is not supported by the built-in operator`;
  }
  return null;
}

function fault(message: string): DeploymentPlan {
  return { kind: "fault", message };
}
