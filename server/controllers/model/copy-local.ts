import { acceleratorReady } from "@/server/domain/model/accelerator-ready";
import { planCopy, planCopyStart } from "@/server/domain/model/local-copy";
import { planVerdict } from "@/server/domain/model/verdict";
import type { Model } from "@/server/domain/objects";
import type { ReconcileResult } from "@/server/runtime/result";
import { subjectOf, tell, visibleNodes, writeStatus, type ModelDeps } from "./model-pass";

/** Reads a local source on this process's disk, as LLMKube's controller would, and says what came of it. */
export async function copyLocal(
  deps: ModelDeps,
  model: Model,
  path: string,
): Promise<ReconcileResult> {
  const begun = await begin(deps, model);
  const file = await deps.files.read(path);
  const ready = acceleratorReady(begun, visibleNodes(deps));
  return tell(deps, begun, planCopy(subjectOf(deps, begun), file, ready));
}

async function begin(deps: ModelDeps, model: Model): Promise<Model> {
  const verdict = planCopyStart(model);
  if (verdict === null) return model;
  return writeStatus(deps, model, planVerdict(subjectOf(deps, model), verdict).status);
}
