import {
  planRevalidation,
  untilRevalidation,
  urlToRevalidate,
} from "@/server/domain/model/source-drift";
import type { SourceProber } from "@/server/ports";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import type { OperatorDeps } from "../inference-service/operator-deps";
import { OwnWrites } from "../inference-service/own-writes";
import { seenObjects } from "../inference-service/seen-objects";
import { subjectOf, writeStatus, type ModelDeps } from "./model-pass";

/**
 * Asks the sources of Ready Models, each once in the operator's interval, whether their files are still the same, and says so in `SourceDrifted`.
 * A source that cannot be asked changes nothing.
 */
export function createModelRevalidator(
  operator: OperatorDeps,
  sources: SourceProber,
): (key: string) => Promise<ReconcileResult> {
  const deps: ModelDeps = {
    ...operator,
    own: new OwnWrites(seenObjects(operator), operator.clock),
  };
  const { revalidateIntervalMs } = deps.settings;
  return async function reconcile(key) {
    const model = deps.own.get("models", key);
    const url = model === null ? null : urlToRevalidate(model);
    if (model === null || url === null) return DONE;
    const leftMs = untilRevalidation(model, deps.clock.now(), revalidateIntervalMs);
    if (leftMs > 0) return requeueAfter(leftMs);
    const seen = await sources.probe(url);
    if (seen !== null)
      await writeStatus(deps, model, planRevalidation(subjectOf(deps, model), seen));
    return requeueAfter(revalidateIntervalMs);
  };
}
