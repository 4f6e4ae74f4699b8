import type { ClusterNode, Model } from "@/server/domain/objects";
import {
  planVerdict,
  type ModelStatus,
  type Subject,
  type Verdict,
} from "@/server/domain/model/verdict";
import { findCondition } from "@/server/domain/status/set-condition";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import type { OperatorDeps } from "../inference-service/operator-deps";
import type { OwnWrites } from "../inference-service/own-writes";

/** What the steps of a pass over a Model work with. */
export type ModelDeps = OperatorDeps & { readonly own: OwnWrites };

/** The Model as the pure rules want it. */
export function subjectOf({ clock, improvements }: OperatorDeps, model: Model): Subject {
  return { model, improvements, now: seconds(clock.now()) };
}

/** The cluster's nodes; null when they may not be listed. */
export function visibleNodes({ index }: OperatorDeps): readonly ClusterNode[] | null {
  return index.invisible().has("nodes") ? null : index.list("nodes");
}

/** Writes the verdict into the Model's status when it says something new. */
export async function tell(
  deps: ModelDeps,
  model: Model,
  verdict: Verdict,
): Promise<ReconcileResult> {
  const plan = planVerdict(subjectOf(deps, model), verdict);
  if (plan.status !== model.status) await writeStatus(deps, model, plan.status);
  return plan.requeueAfterMs === null ? DONE : requeueAfter(plan.requeueAfterMs);
}

/** Replaces the status at the Model's version; the Model as the server then stored it. */
export async function writeStatus(
  { own, store }: ModelDeps,
  model: Model,
  status: ModelStatus,
): Promise<Model> {
  const { name, namespace, uid, resourceVersion } = model.metadata;
  const lastUpdated = status.lastUpdated ?? (await lastUpdatedOf(store, model));
  return own.record("models", `${namespace}/${name}`, () =>
    store.replaceStatus("models", {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "Model",
      metadata: { name, namespace, uid, resourceVersion },
      spec: model.spec,
      status: { ...status, ...(lastUpdated === undefined ? {} : { lastUpdated }) },
    }),
  );
}

/** What is watched has no `lastUpdated`; only a Model that was Ready has one. */
async function lastUpdatedOf(store: ModelDeps["store"], model: Model): Promise<string | undefined> {
  if (findCondition(model.status?.conditions, "Available") === null) return undefined;
  const { name, namespace } = model.metadata;
  return (await store.get("models", { namespace, name }))?.status?.lastUpdated;
}

/** `metav1.Time` has no fractions. */
function seconds(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, "Z");
}
