import type { Claim, InferenceService, InferenceServiceStatus } from "@/server/domain/objects";
import { claimNameOf, planClaim } from "@/server/domain/claim-selection";
import { serviceObjectName } from "@/server/domain/service-object";
import { planCacheCondition } from "@/server/domain/status/model-cache-ready";
import { gpuQueuePosition } from "@/server/domain/status/gpu-queue";
import { planServiceStatus } from "@/server/domain/status/service-status";
import { findCondition } from "@/server/domain/status/set-condition";
import { diagnoseTransfer, hasStaged, TRANSFER_CONDITION } from "@/server/domain/status/transfer";
import type { TransferFailure } from "@/server/domain/status/transfer";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { emitEvent } from "./emit-event";
import type { OperatorDeps } from "./operator-deps";
import { OwnWrites, WRITE_LAG_MS } from "./own-writes";
import { seenObjects } from "./seen-objects";
import type { Outcome, PassDeps } from "./service-pass";
import { runPass } from "./service-pass";

const SOON_MS = 1_000;
/** Nothing is expected to have been missed by then; a pass that finds nothing to do asks for nothing. */
const RECHECK_MS = 10 * 60_000;

/**
 * The built-in operator for InferenceServices. A key in ("namespace/name"): the pass reads, brings claim, Deployment and Service to the
 * spec, and writes the status once, only when it says something new. A user's claim is never written. Without LLMKube's own operator only.
 */
export function createInferenceServiceReconciler(
  deps: OperatorDeps,
): (key: string) => Promise<ReconcileResult> {
  const pass: PassDeps = {
    ...deps,
    own: new OwnWrites(seenObjects(deps), deps.clock),
  };
  return async function reconcile(key) {
    const service = pass.own.get("inferenceservices", key);
    if (service === null || service.metadata.deletionTimestamp !== undefined) return DONE;
    const outcome = await runPass(pass, service);
    if (outcome === "tooEarly") return requeueAfter(SOON_MS);
    await tell(pass, service, outcome);
    if (outcome.error !== null) throw outcome.error;
    return requeueAfter(
      outcome.requeueAfterMs ?? (isAhead(pass, service) ? WRITE_LAG_MS : RECHECK_MS),
    );
  };
}

/** A write that a watch never shows (made and undone between two of its answers) must not be believed in for long. */
function isAhead({ own }: PassDeps, service: InferenceService): boolean {
  const { namespace, name } = service.metadata;
  const key = `${namespace}/${name}`;
  return (
    own.isAhead("deployments", key) ||
    own.isAhead("inferenceservices", key) ||
    own.isAhead("horizontalpodautoscalers", key) ||
    own.isAhead("services", `${namespace}/${serviceObjectName(service)}`)
  );
}

/** Costs a walk over all services, and is told of those that wait for a GPU only. */
function queuePosition({ index }: PassDeps, service: InferenceService, { decision }: Outcome) {
  return decision.phase === "WaitingForGPU"
    ? gpuQueuePosition(service, index.list("inferenceservices"))
    : 0;
}

async function tell(deps: PassDeps, service: InferenceService, outcome: Outcome): Promise<void> {
  const transfer = diagnoseTransfer(outcome.pods);
  const status = planServiceStatus({
    service,
    ...outcome,
    queuePosition: queuePosition(deps, service, outcome),
    transfer,
    staged: hasStaged(outcome.pods),
    cache: planCacheCondition({
      ...outcome,
      service,
      settings: deps.settings,
      claim: cacheClaim(deps, service, outcome),
    }),
    now: seconds(deps.clock.now()),
    improvements: deps.improvements,
  });
  if (status === service.status) return;
  await writeStatus(deps, service, status);
  if (transfer !== null && isNews(service, transfer)) {
    await emitEvent(deps, service, { type: "Warning", ...transfer });
  }
}

/** The claim that pods are to mount; null when there is none to be seen. */
function cacheClaim(deps: PassDeps, service: InferenceService, outcome: Outcome): Claim | null {
  const { model, draft } = outcome;
  if (!planClaim({ service, model, draft, settings: deps.settings }).needsClaim) return null;
  const name = claimNameOf(service, deps.settings);
  return deps.own.get("persistentvolumeclaims", `${service.metadata.namespace}/${name}`);
}

async function writeStatus(
  deps: PassDeps,
  service: InferenceService,
  status: InferenceServiceStatus,
): Promise<void> {
  const { name, namespace, uid, resourceVersion } = service.metadata;
  await deps.own.record("inferenceservices", `${namespace}/${name}`, () =>
    deps.store.replaceStatus("inferenceservices", {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "InferenceService",
      metadata: { name, namespace, uid, resourceVersion },
      spec: service.spec,
      status,
    }),
  );
}

/** A failure is an event when it begins and when its cause changes, not while it lasts. */
function isNews({ status }: InferenceService, { reason }: TransferFailure): boolean {
  const before = findCondition(status?.conditions, TRANSFER_CONDITION);
  return before?.status !== "False" || before.reason !== reason;
}

/** `metav1.Time` has no fractions. */
function seconds(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, "Z");
}
