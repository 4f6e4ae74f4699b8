import { computeCacheKey } from "../cache-key";
import { SHARED_CLAIM } from "../claim-selection";
import type { Job, Model } from "../objects";
import { classifySource } from "../source";
import { prefetchJobName } from "./prefetch-job";
import { progressing, ready, type Verdict } from "./verdict";

/** In case no watch tells how the Job gets on. */
const LOOK_AGAIN_MS = 15_000;
const COLLECTED_MS = 5_000;

export type PrefetchPlan =
  /** There is no Job yet. */
  | { readonly kind: "start" }
  /** A Job of an earlier Model of that name is still to be collected. */
  | { readonly kind: "wait"; readonly requeueAfterMs: number }
  /** `verdict` null: what the status says holds. */
  | { readonly kind: "known"; readonly verdict: Verdict | null; readonly requeueAfterMs?: number };

/**
 * Whether a Job has to bring the Model's weights before it is Ready. Only what a URL names can be fetched ahead, `hf://` among it; a Model that is
 * Ready with a key has nothing to gain any more.
 */
export function wantsPrefetch({ spec, status }: Model): boolean {
  if (spec.prefetch !== true) return false;
  if (status?.phase === "Ready" && (status.cacheKey ?? "") !== "") return false;
  const { kind } = classifySource(spec.source);
  return kind === "file" || (kind === "repository" && /^(hf|https?):\/\//i.test(spec.source));
}

/** The directory on the claim: of the recorded key, else of the source. */
export function prefetchKey({ spec, status }: Model): string {
  const recorded = status?.cacheKey ?? "";
  return recorded === "" ? computeCacheKey(spec.source) : recorded;
}

/** What the Job (null: there is none) says of the Model. `acceleratorReady` is recorded when the Model becomes Ready. */
export function planPrefetch(
  model: Model,
  job: Job | null,
  acceleratorReady: true | undefined,
): PrefetchPlan {
  if (job === null) return { kind: "start" };
  if (isOfAnother(job, model)) return { kind: "wait", requeueAfterMs: COLLECTED_MS };
  if (has(job, "Complete")) {
    const verdict = ready("ModelPrefetched", `The weights are on claim "${SHARED_CLAIM}"`, {
      cacheKey: prefetchKey(model),
      acceleratorReady,
    });
    return { kind: "known", verdict };
  }
  if (has(job, "Failed")) {
    const { name } = job.metadata;
    const message = `Job "${name}" could not fetch the weights; its pods' logs say why. Delete the Job to try again`;
    return { kind: "known", verdict: prefetchFailed("PrefetchFailed", message) };
  }
  const verdict = model.status?.phase === "Downloading" ? null : fetching(model, "PrefetchRunning");
  return { kind: "known", verdict, requeueAfterMs: LOOK_AGAIN_MS };
}

/** The Job was just created. */
export function prefetchStarted(model: Model): Verdict {
  return { ...fetching(model, "PrefetchStarted"), requeueAfterMs: LOOK_AGAIN_MS };
}

/** There can be no Job, or it did not succeed. */
export function prefetchFailed(
  reason: "PrefetchFailed" | "PrefetchInvalid",
  message: string,
): Verdict {
  return {
    phase: "Failed",
    conditions: [{ type: "Progressing", status: "False", reason, message }],
  };
}

function fetching(model: Model, reason: "PrefetchStarted" | "PrefetchRunning"): Verdict {
  const message = `Job "${prefetchJobName(model)}" fetches the weights into claim "${SHARED_CLAIM}"`;
  return {
    phase: "Downloading",
    conditions: [progressing(reason, message)],
    fields: { cacheKey: prefetchKey(model) },
  };
}

/** A Job that somebody made by hand counts; one that another Model owned says nothing of this one. */
function isOfAnother({ metadata }: Job, model: Model): boolean {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const foreign = owner?.kind === "Model" && owner.uid !== model.metadata.uid;
  return foreign || metadata.deletionTimestamp !== undefined;
}

function has({ status }: Job, type: "Complete" | "Failed"): boolean {
  return (status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === "True",
  );
}
