import { runtimeOf } from "./claim-selection";
import type { InferenceService, Meta, Model } from "./objects";

export const SERVICE_LABEL = "inference.llmkube.dev/service";
export const MODEL_LABEL = "inference.llmkube.dev/model";
export const RUNTIME_LABEL = "inference.llmkube.dev/runtime";

export type Labels = Readonly<Record<string, string>>;

/** What selects the service's pods; immutable in a Deployment. */
export function selectorLabels(service: InferenceService): Labels {
  return { app: service.metadata.name, [SERVICE_LABEL]: service.metadata.name };
}

/** Labels of the Deployment and, over the user's own, of its pods. */
export function workloadLabels(service: InferenceService): Labels {
  return {
    ...selectorLabels(service),
    [MODEL_LABEL]: service.spec.modelRef,
    [RUNTIME_LABEL]: runtimeOf(service),
  };
}

/** The reference that makes Kubernetes collect a child with its service, without holding back the service's deletion. */
export function ownerReference(service: InferenceService) {
  return controllerReference("InferenceService", service.metadata);
}

/** The same for a child of a Model. */
export function modelOwnerReference(model: Model) {
  return controllerReference("Model", model.metadata);
}

function controllerReference(kind: string, { name, uid }: Meta) {
  return {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: false,
  };
}
