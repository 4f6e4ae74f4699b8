import type { ObjectIndex } from "@/server/cluster/object-index";
import { planDeployment } from "@/server/domain/deployment/build-deployment";
import type { InferenceService, Model } from "@/server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import type { Manifest } from "@/server/ports";
import { modelOf, serviceOf } from "./predict";
import { type Scene, SERVICE } from "./scene";
import { type Built, patchStatus, type Place, type Put, toManifest } from "./stage-objects";

/** The service and its ready Model. */
export async function makeService(
  { cluster, index, until }: Place,
  put: Put,
  { scene, namespace }: { readonly scene: Scene; readonly namespace: string },
): Promise<InferenceService> {
  const within = <T extends Built>(built: T): T => ({
    ...built,
    metadata: { ...built.metadata, namespace },
  });
  const model = within(modelOf(scene));
  await put("models", toManifest(model));
  await patchStatus(
    cluster,
    { plural: "models", name: model.metadata.name, namespace },
    model.status,
  );
  await put("inferenceservices", toManifest(within(serviceOf(scene))));
  const key = `${namespace}/${SERVICE}`;
  await until(`${key} to be seen`, () => {
    const seen = index.get("models", `${namespace}/${model.metadata.name}`);
    return index.get("inferenceservices", key) !== null && seen?.status?.cacheKey !== undefined;
  });
  return seenService(index, key);
}

function seenService(index: ObjectIndex, key: string): InferenceService {
  const service = index.get("inferenceservices", key);
  if (service === null) throw new Error(`${key} is not there`);
  return service;
}

/** The pods of a service that runs already. */
export async function makeRunning(
  { cluster, index, until }: Place,
  {
    scene,
    service,
    namespace,
  }: { readonly scene: Scene; readonly service: InferenceService; readonly namespace: string },
): Promise<void> {
  if (scene.running === undefined) return;
  const model = index.get("models", `${namespace}/${modelOf(scene).metadata.name}`);
  if (model === null) throw new Error("the model is not there");
  await cluster.store.create("deployments", deploymentOf(service, model));
  await until(`the pods of ${namespace} to run`, () => {
    const pods = index.podsOfService(`${namespace}/${SERVICE}`);
    return (
      pods.length === (scene.running?.on.length ?? 0) &&
      pods.every(({ status }) => status?.phase === "Running")
    );
  });
}

/** The Deployment that the built-in operator makes of the service. */
export function deploymentOf(service: InferenceService, model: Model): Manifest {
  const { replicas = 1, autoscaling } = service.spec;
  const plan = planDeployment({
    service,
    model,
    draft: null,
    settings: DEFAULT_OPERATOR_SETTINGS,
    replicas: autoscaling?.minReplicas ?? replicas,
  });
  if (plan.kind === "fault") throw new Error(plan.message);
  return plan.deployment;
}
