import type { ObjectIndex } from "@/server/cluster/object-index";
import { createInferenceServiceReconciler } from "@/server/controllers/inference-service/inference-service-reconciler";
import type { OperatorDeps } from "@/server/controllers/inference-service/operator-deps";
import { createServiceEnqueuer } from "@/server/controllers/inference-service/service-enqueuer";
import { createModelEnqueuer } from "@/server/controllers/model/model-enqueuer";
import { createModelReconciler } from "@/server/controllers/model/model-reconciler";
import { createModelRevalidator } from "@/server/controllers/model/model-revalidator";
import type { OwnedObjects } from "@/server/ports";
import { createController } from "@/server/runtime/controller";
import { createSourceProber } from "@/server/sources/source-prober";

/** Does the operator's work: Models first, then the services that use them. The returned function ends it. */
export function startBuiltinOperator(
  deps: Omit<OperatorDeps, "index" | "owned"> & {
    readonly index: ObjectIndex;
    /** Ended together with the operator. */
    readonly owned: OwnedObjects;
    readonly onError: (controller: string) => (error: unknown, key: string) => void;
    /** Told why a source could not be asked whether it changed. */
    readonly onUnknownSource?: (url: string, why: string) => void;
  },
): () => Promise<void> {
  const { index, owned, improvements } = deps;
  const revalidation = startRevalidation(deps);
  const models = createController({
    name: "model",
    reconcile: createModelReconciler(deps),
    workers: 4,
    onError: deps.onError("model"),
  });
  const services = createController({
    name: "inference-service",
    reconcile: createInferenceServiceReconciler(deps),
    workers: 8,
    onError: deps.onError("inference-service"),
  });
  const ends = [
    createModelEnqueuer({ index, enqueue: (key) => models.enqueue(key) }),
    createServiceEnqueuer({
      index,
      improvements,
      enqueue: (key) => services.enqueue(key),
    }),
    owned.subscribe((key) => services.enqueue(key)),
  ];
  for (const { metadata } of index.list("models"))
    models.enqueue(`${metadata.namespace}/${metadata.name}`);
  for (const { metadata } of index.list("inferenceservices"))
    services.enqueue(`${metadata.namespace}/${metadata.name}`);
  models.start();
  // Before they were read, what is not there yet would be made again.
  void owned.whenRead().then(() => services.start());
  return async () => {
    for (const end of ends) end();
    await Promise.all([models.stop(), services.stop(), revalidation?.()]);
    await owned.stop();
  };
}

/** Apart from the other work, as it waits for the servers of strangers. null: nobody wants it. */
function startRevalidation(
  deps: Parameters<typeof startBuiltinOperator>[0],
): (() => Promise<void>) | null {
  const { index, settings, onUnknownSource = () => undefined } = deps;
  if (settings.revalidateIntervalMs === 0) return null;
  const sources = createSourceProber({
    allowedRemoteHosts: settings.allowedRemoteHosts,
    onUnknown: onUnknownSource,
  });
  const controller = createController({
    name: "model-revalidation",
    reconcile: createModelRevalidator(deps, sources),
    workers: 4,
    onError: deps.onError("model-revalidation"),
  });
  const enqueue = (key: string) => controller.enqueue(key);
  const end = createModelEnqueuer({ index, enqueue });
  for (const { metadata } of index.list("models"))
    enqueue(`${metadata.namespace}/${metadata.name}`);
  controller.start();
  return async () => {
    end();
    await controller.stop();
  };
}
