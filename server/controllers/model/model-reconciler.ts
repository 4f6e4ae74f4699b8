import type { Claim, Model } from "@/server/domain/objects";
import { planModelStatus, type ModelStatus } from "@/server/domain/model-status";
import { pvcSource } from "@/server/domain/source";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import type { OperatorDeps, OperatorWatch } from "../inference-service/operator-deps";

/** The built-in operator for Models. A key in ("namespace/name"): classifies the source and writes phase, key and conditions when they change. */
export function createModelReconciler(
  deps: OperatorDeps,
): (key: string) => Promise<ReconcileResult> {
  return async function reconcile(key) {
    const model = deps.index.get("models", key);
    if (model === null || model.metadata.deletionTimestamp !== undefined) return DONE;
    const plan = planModelStatus({
      model,
      claim: await claimOf(deps, model),
      settings: deps.settings,
      now: deps.clock
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, "Z"),
    });
    if (plan === null) return DONE;
    if (plan.status !== model.status) await writeStatus(deps, model, plan.status);
    return plan.requeueAfterMs === null ? DONE : requeueAfter(plan.requeueAfterMs);
  };
}

/** The claim of a `pvc://` Model that is not Ready yet; what the index lacks is asked for. */
async function claimOf({ index, store }: OperatorDeps, model: Model): Promise<Claim | null> {
  const source = pvcSource(model.spec.source);
  if (source === null || model.status?.phase === "Ready") return null;
  const { namespace } = model.metadata;
  const seen = index.get("persistentvolumeclaims", `${namespace}/${source.claim}`);
  return seen ?? (await store.get("persistentvolumeclaims", { namespace, name: source.claim }));
}

async function writeStatus(
  { store }: OperatorDeps,
  model: Model,
  status: ModelStatus,
): Promise<void> {
  const { name, namespace, uid, resourceVersion } = model.metadata;
  await store.replaceStatus("models", {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { name, namespace, uid, resourceVersion },
    spec: model.spec,
    status,
  });
}

type Enqueuer = {
  readonly index: OperatorWatch;
  readonly enqueue: (key: string) => void;
};

/** Enqueues every Model that a changed Model or claim concerns. Returns what ends it. */
export function createModelEnqueuer({ index, enqueue }: Enqueuer): () => void {
  return index.subscribe(({ changes }) => {
    const claims = new Set<string>();
    for (const { plural, object } of changes) {
      const key = `${object.metadata.namespace}/${object.metadata.name}`;
      if (plural === "models") enqueue(key);
      if (plural === "persistentvolumeclaims") claims.add(key);
    }
    if (claims.size === 0) return;
    for (const { metadata, spec } of index.list("models")) {
      const claim = pvcSource(spec.source)?.claim ?? "";
      if (claims.has(`${metadata.namespace}/${claim}`)) {
        enqueue(`${metadata.namespace}/${metadata.name}`);
      }
    }
  });
}
