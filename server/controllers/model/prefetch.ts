import type { Job, Model } from "@/server/domain/objects";
import { acceleratorReady } from "@/server/domain/model/accelerator-ready";
import {
  planPrefetch,
  prefetchFailed,
  prefetchKey,
  prefetchStarted,
} from "@/server/domain/model/plan-prefetch";
import { buildPrefetchJob, prefetchJobName } from "@/server/domain/model/prefetch-job";
import { planSharedClaim } from "@/server/domain/operator-claim";
import { hasReason, type AppError } from "@/server/errors";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { createClaim } from "../inference-service/ensure-claim";
import { tell, visibleNodes, type ModelDeps } from "./model-pass";

const SOON_MS = 5_000;

/** Brings a Model that is to be fetched ahead to Ready by way of its Job, or says why that is not possible. */
export async function prefetch(deps: ModelDeps, model: Model): Promise<ReconcileResult> {
  const plan = planPrefetch(
    model,
    await findJob(deps, model),
    acceleratorReady(model, visibleNodes(deps)),
  );
  if (plan.kind === "start") return start(deps, model);
  if (plan.kind === "known" && plan.verdict !== null) {
    const { requeueAfterMs } = plan;
    const wait = requeueAfterMs === undefined ? {} : { requeueAfterMs };
    return tell(deps, model, { ...plan.verdict, ...wait });
  }
  return plan.requeueAfterMs === undefined ? DONE : requeueAfter(plan.requeueAfterMs);
}

/** The watch may be behind, or not allowed; what it lacks is asked for. */
async function findJob({ own, store }: ModelDeps, model: Model): Promise<Job | null> {
  const { namespace } = model.metadata;
  const name = prefetchJobName(model);
  return own.get("jobs", `${namespace}/${name}`) ?? (await store.get("jobs", { namespace, name }));
}

async function start(deps: ModelDeps, model: Model): Promise<ReconcileResult> {
  const plan = planSharedClaim(model.metadata.namespace, deps.settings);
  const noClaim =
    plan.kind === "fault" ? { ...plan, error: null } : await createClaim(deps, plan.claim);
  if (noClaim !== null) return giveUp(deps, model, noClaim);
  const job = await createJob(deps, model);
  switch (job.kind) {
    case "created":
      return tell(deps, model, prefetchStarted(model));
    case "exists":
      return requeueAfter(SOON_MS);
    case "refused":
      return giveUp(deps, model, job);
  }
}

type Refusal = { readonly message: string; readonly error: AppError | null };

/** Says why. What the API server forbids today it may allow tomorrow; what is invalid stays so. */
async function giveUp(
  deps: ModelDeps,
  model: Model,
  { message, error }: Refusal,
): Promise<ReconcileResult> {
  await tell(deps, model, prefetchFailed("PrefetchInvalid", message));
  if (hasReason(error, "Forbidden")) throw error;
  return DONE;
}

type Creation =
  | { readonly kind: "created" }
  | { readonly kind: "exists" }
  | ({ readonly kind: "refused" } & Refusal);

async function createJob({ own, store, settings }: ModelDeps, model: Model): Promise<Creation> {
  const job = buildPrefetchJob(model, settings, prefetchKey(model));
  const key = `${job.metadata.namespace}/${job.metadata.name}`;
  try {
    await own.record("jobs", key, () => store.create("jobs", job));
    return { kind: "created" };
  } catch (error) {
    if (hasReason(error, "AlreadyExists")) return { kind: "exists" };
    if (!hasReason(error, "Forbidden") && !hasReason(error, "Invalid")) throw error;
    const message = `Job "${job.metadata.name}" could not be created: ${error.message}`;
    return { kind: "refused", message, error };
  }
}
