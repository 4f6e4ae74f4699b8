import { pathToCopy } from "@/server/domain/model/local-copy";
import { findFault, planModelStatus } from "@/server/domain/model/plan-model-status";
import { wantsPrefetch } from "@/server/domain/model/plan-prefetch";
import type { Claim, Model } from "@/server/domain/objects";
import { pvcSource } from "@/server/domain/source";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import type { OperatorDeps } from "../inference-service/operator-deps";
import { OwnWrites } from "../inference-service/own-writes";
import { seenObjects } from "../inference-service/seen-objects";
import { copyLocal } from "./copy-local";
import { subjectOf, visibleNodes, writeStatus, type ModelDeps } from "./model-pass";
import { prefetch } from "./prefetch";

/**
 * The built-in operator for Models. A key in ("namespace/name"): classifies the source and writes phase, key and conditions when they change;
 * a Model that is to be fetched ahead gets its Job.
 */
export function createModelReconciler(
  operator: OperatorDeps,
): (key: string) => Promise<ReconcileResult> {
  const deps: ModelDeps = {
    ...operator,
    own: new OwnWrites(seenObjects(operator), operator.clock),
  };
  return async function reconcile(key) {
    const model = deps.own.get("models", key);
    if (model === null || model.metadata.deletionTimestamp !== undefined) return DONE;
    const input = {
      ...subjectOf(deps, model),
      claim: await claimOf(deps, model),
      nodes: visibleNodes(deps),
      settings: deps.settings,
    };
    if (findFault(input) === null) {
      if (wantsPrefetch(model)) return prefetch(deps, model);
      const path = pathToCopy(input);
      if (path !== null) return copyLocal(deps, model, path);
    }
    const plan = planModelStatus(input);
    if (plan === null) return DONE;
    if (plan.status !== model.status) await writeStatus(deps, model, plan.status);
    return plan.requeueAfterMs === null ? DONE : requeueAfter(plan.requeueAfterMs);
  };
}

/** The claim of a `pvc://` Model that is not Ready yet; what the index lacks is asked for. */
async function claimOf({ own, store }: ModelDeps, model: Model): Promise<Claim | null> {
  const source = pvcSource(model.spec.source);
  if (source === null || model.status?.phase === "Ready") return null;
  const { namespace } = model.metadata;
  const seen = own.get("persistentvolumeclaims", `${namespace}/${source.claim}`);
  return seen ?? (await store.get("persistentvolumeclaims", { namespace, name: source.claim }));
}
