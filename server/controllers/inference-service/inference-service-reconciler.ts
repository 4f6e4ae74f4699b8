import type {
  Claim,
  Condition,
  InferenceService,
  InferenceServiceStatus,
} from "@/server/domain/objects";
import { backendOf } from "@/server/domain/deployment/backends";
import { diagnoseDriver, DRIVER_CONDITION } from "@/server/domain/status/driver-compat";
import { claimNameOf, planClaim } from "@/server/domain/claim-selection";
import { serviceObjectName } from "@/server/domain/service-object";
import { planCacheCondition } from "@/server/domain/status/model-cache-ready";
import { gpuQueuePosition } from "@/server/domain/status/gpu-queue";
import { planServiceStatus } from "@/server/domain/status/service-status";
import type { ConditionUpdate } from "@/server/domain/status/set-condition";
import { findCondition } from "@/server/domain/status/set-condition";
import { diagnoseTransfer, hasStaged, TRANSFER_CONDITION } from "@/server/domain/status/transfer";
import type { TransferFailure } from "@/server/domain/status/transfer";
import { hasReason } from "@/server/errors";
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
  const driver = driverOf(deps, service, outcome);
  const status = planServiceStatus({
    service,
    ...outcome,
    queuePosition: queuePosition(deps, service, outcome),
    transfer,
    driver,
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
  if (!(await writeStatus(deps, service, status))) return;
  for (const [type, found] of [
    [TRANSFER_CONDITION, transfer],
    [DRIVER_CONDITION, driver],
  ] as const) {
    if (found !== null && isNews(service, type, found)) {
      const { reason, message } = found;
      await emitEvent(deps, service, { type: "Warning", reason, message });
    }
  }
}

/** The claim that pods are to mount; null when there is none to be seen. */
function cacheClaim(deps: PassDeps, service: InferenceService, outcome: Outcome): Claim | null {
  const { model, draft } = outcome;
  if (!planClaim({ service, model, draft, settings: deps.settings }).needsClaim) return null;
  const name = claimNameOf(service, deps.settings);
  return deps.own.get("persistentvolumeclaims", `${service.metadata.namespace}/${name}`);
}

/** false: the service was deleted meanwhile, and there is nobody to tell. */
async function writeStatus(
  { own, store }: PassDeps,
  service: InferenceService,
  status: InferenceServiceStatus,
): Promise<boolean> {
  const { name, namespace, uid, resourceVersion } = service.metadata;
  try {
    await own.record("inferenceservices", `${namespace}/${name}`, () =>
      store.replaceStatus("inferenceservices", {
        apiVersion: "inference.llmkube.dev/v1alpha1",
        kind: "InferenceService",
        metadata: { name, namespace, uid, resourceVersion },
        spec: service.spec,
        status,
      }),
    );
    return true;
  } catch (error) {
    if (hasReason(error, "NotFound")) return false;
    throw error;
  }
}

/** A failure is an event when it begins and when its cause changes, not while it lasts; what is over is none. */
function isNews(
  { status }: InferenceService,
  type: string,
  found: TransferFailure | ConditionUpdate,
): boolean {
  if ("status" in found && found.status === "True") return false;
  const before = findCondition(status?.conditions, type);
  return before?.status !== "False" || before.reason !== found.reason;
}

/** An engine that ends for its node's driver; looked for where there are pods to look at. */
function driverOf(
  { index }: PassDeps,
  service: InferenceService,
  { pods }: Outcome,
): ConditionUpdate | null {
  return diagnoseDriver({
    pods,
    container: backendOf(service).container,
    node: (name) => index.get("nodes", name),
    previous: stateOf(findCondition(service.status?.conditions, DRIVER_CONDITION)),
  });
}

function stateOf(condition: Condition | null): "True" | "False" | null {
  const status = condition?.status;
  return status === "True" || status === "False" ? status : null;
}

/** `metav1.Time` has no fractions. */
function seconds(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, "Z");
}
