import { isMetal } from "@/server/domain/cache-key";
import type { Deployment, InferenceService, Model, Pod } from "@/server/domain/objects";
import { planAdviceEvents } from "@/server/domain/operator-events";
import type { PhaseDecision } from "@/server/domain/status/phase";
import { decidePhase } from "@/server/domain/status/phase";
import { podSchedulingInfo } from "@/server/domain/status/pod-scheduling";
import type { AppError } from "@/server/errors";
import { emitEvent } from "./emit-event";
import { ensureClaim } from "./ensure-claim";
import { desiredReplicas, ensureDeployment } from "./ensure-deployment";
import type { CheckedServices } from "./ensure-service-object";
import { ensureServiceObject } from "./ensure-service-object";
import { findModels } from "./find-models";
import type { OperatorDeps } from "./operator-deps";
import type { OwnWrites } from "./own-writes";

export type PassDeps = OperatorDeps & {
  readonly own: OwnWrites;
  readonly checkedServices: CheckedServices;
};

/** What a pass found out; the status follows from it. */
export type Outcome = {
  readonly decision: PhaseDecision;
  readonly message: string;
  readonly ready: number;
  /** null: there is no Model to want pods for. */
  readonly desired: number | null;
  readonly endpoint: boolean;
  readonly pods: readonly Pod[];
  /** Thrown after the status is written, so that the pass is tried again. */
  readonly error: AppError | null;
  readonly requeueAfterMs: number | null;
};

/** Brings claim, Deployment and Service of one InferenceService to what its spec asks for; each step relies on the ones before it. `tooEarly`: nothing was done. */
export async function runPass(
  deps: PassDeps,
  service: InferenceService,
): Promise<Outcome | "tooEarly"> {
  const found = await findModels(deps, service);
  if (found.kind === "unresolved") return "tooEarly";
  if (found.kind === "failed") return stopped("Failed", { message: found.message });
  if (found.kind === "pending") return stopped("Pending", { message: found.message });
  const { model } = found;
  const { namespace, name } = service.metadata;
  const desired = desiredReplicas(service, deps.own.get("deployments", `${namespace}/${name}`));
  const fault = await ensureClaim(deps, service, model);
  if (fault !== null) return stopped("Failed", { ...fault, desired });
  for (const event of planAdviceEvents({ service, model, settings: deps.settings })) {
    await emitEvent(deps, service, event);
  }
  return isMetal(model)
    ? outcome(deps, service, { deployment: null, desired, metal: true })
    : ensureWorkload(deps, { ...found, service, desired });
}

type Workload = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
  readonly desired: number;
};

async function ensureWorkload(deps: PassDeps, wanted: Workload): Promise<Outcome> {
  const { service, desired } = wanted;
  const ensured = await ensureDeployment(deps, wanted);
  if (ensured.kind === "failed") return stopped("Failed", { ...ensured, desired });
  const fresh = ensured.kind === "there" && ensured.created;
  const fault = await ensureServiceObject(deps, service, fresh);
  if (fault !== null) return stopped("Failed", { ...fault, desired });
  const observed = { desired, metal: false };
  if (ensured.kind === "there") {
    return outcome(deps, service, { ...observed, deployment: ensured.deployment });
  }
  const waiting = outcome(deps, service, { ...observed, deployment: null });
  return { ...waiting, requeueAfterMs: ensured.afterMs };
}

function stopped(
  phase: "Failed" | "Pending",
  why: { readonly message: string; readonly error?: AppError | null; readonly desired?: number },
): Outcome {
  return {
    decision: { phase, info: null },
    message: why.message,
    ready: 0,
    desired: why.desired ?? null,
    endpoint: false,
    pods: [],
    error: why.error ?? null,
    requeueAfterMs: null,
  };
}

type Observed = {
  readonly deployment: Deployment | null;
  readonly desired: number;
  readonly metal: boolean;
};

function outcome(
  deps: PassDeps,
  service: InferenceService,
  { deployment, desired, metal }: Observed,
): Outcome {
  const { namespace, name } = service.metadata;
  const pods = deps.index.podsOfService(`${namespace}/${name}`);
  const ready = deployment?.status?.readyReplicas ?? 0;
  const decision = decidePhase({
    suspended: service.spec.suspend === true,
    ready,
    desired,
    metal,
    scheduling: podSchedulingInfo(service, pods, {
      claim: (claimNamespace, claim) =>
        deps.index.get("persistentvolumeclaims", `${claimNamespace}/${claim}`),
      volume: (volume) => deps.index.get("persistentvolumes", volume),
    }),
  });
  return {
    decision,
    message: "",
    ready,
    desired,
    endpoint: true,
    pods,
    error: null,
    requeueAfterMs: null,
  };
}
