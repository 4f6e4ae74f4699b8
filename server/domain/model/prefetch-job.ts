import { buildModelStorage } from "../model-storage/build-model-storage";
import { MODELS_DIR, type Container } from "../model-storage/model-storage";
import type { InferenceService, Job, Meta, Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { MODEL_LABEL, modelOwnerReference } from "../service-labels";

const COMPONENT = { "app.kubernetes.io/component": "model-prefetch" };
const RETRIES = 2;
/** Long enough for somebody to read why it failed. */
const KEPT_SECONDS = 86_400;

export type PrefetchJob = Pick<Job, "spec"> & {
  readonly apiVersion: "batch/v1";
  readonly kind: "Job";
  readonly metadata: Pick<Meta, "name" | "namespace" | "labels" | "ownerReferences">;
};

/** The name of the Job that fetches the Model ahead of its services. */
export function prefetchJobName({ metadata }: Model): string {
  return `${metadata.name}-prefetch`;
}

/**
 * The Job whose pod brings the Model's weights into the namespace's shared claim with the very volumes and init containers that a service's
 * pod would have there. `key` is the directory on the claim. It knows nothing of per-service claims, of claims that users named, or of
 * caching turned off: no service is asked.
 */
export function buildPrefetchJob(
  model: Model,
  settings: OperatorSettings,
  key: string,
): PrefetchJob {
  const storage = buildModelStorage({
    service: nobody(model),
    model: { ...model, status: { ...model.status, cacheKey: key } },
    settings: { ...settings, cacheMode: "shared", cachePath: MODELS_DIR },
  });
  const about = { [MODEL_LABEL]: model.metadata.name };
  const { prefetchTolerations: tolerations = [] } = model.spec;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: prefetchJobName(model),
      namespace: model.metadata.namespace,
      labels: {
        "app.kubernetes.io/name": "llmkube",
        ...COMPONENT,
        "app.kubernetes.io/managed-by": "llmkube-controller",
        ...about,
      },
      ownerReferences: [modelOwnerReference(model)],
    },
    spec: {
      backoffLimit: RETRIES,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels: { ...COMPONENT, ...about } },
        spec: {
          restartPolicy: "Never",
          ...(settings.defaultFsGroup > 0
            ? { securityContext: { fsGroup: settings.defaultFsGroup } }
            : {}),
          ...(tolerations.length > 0 ? { tolerations } : {}),
          initContainers: storage.initContainers,
          containers: [lastContainer(settings)],
          volumes: storage.volumes,
        },
      },
    },
  };
}

/** A pod needs one container that is no init container. */
function lastContainer({ initContainerImage: image }: OperatorSettings): Container {
  return { name: "prefetch-done", image, command: ["sh", "-c", "echo prefetch complete"] };
}

/** A service that wishes for nothing: what is built for it depends on the Model alone. */
function nobody({ metadata }: Model): InferenceService {
  return { metadata, spec: { modelRef: metadata.name } };
}
