import { isMetal } from "@/server/domain/cache-key";
import type { InferenceService, Model, Pod } from "@/server/domain/objects";
import { planAdviceEvents } from "@/server/domain/operator-events";
import { serviceObjectName } from "@/server/domain/service-object";
import type { PhaseDecision } from "@/server/domain/status/phase";
import { decidePhase } from "@/server/domain/status/phase";
import { readMetalReport } from "@/server/domain/status/metal-agent";
import type { SchedulingInfo } from "@/server/domain/status/pod-scheduling";
import { podSchedulingInfo } from "@/server/domain/status/pod-scheduling";
import type { ConditionUpdate } from "@/server/domain/status/set-condition";
import type { AppError } from "@/server/errors";
import { emitEvent } from "./emit-event";
import { ensureAutoscaler } from "./ensure-autoscaler";
import { ensureClaim } from "./ensure-claim";
import { ensureDeployment } from "./ensure-deployment";
import { ensureServiceObject } from "./ensure-service-object";
import { findModels } from "./find-models";
import type { OperatorDeps } from "./operator-deps";
import type { OwnWrites } from "./own-writes";
import { wantedReplicas } from "./wanted-replicas";

export type PassDeps = OperatorDeps & {
  readonly own: OwnWrites;
};

/** What a pass found out; the status follows from it. */
export type Outcome = {
  readonly decision: PhaseDecision;
  readonly message: string;
  readonly ready: number;
  readonly desired: number;
  readonly modelReady: boolean;
  readonly endpoint: boolean;
  readonly pods: readonly Pod[];
  /** null: there is none of that name. */
  readonly model: Model | null;
  readonly draft: Model | null;
  readonly claimMissing: boolean;
  readonly rollout: ConditionUpdate | "unknown" | null;
  /** Whether the engine's settings were looked at. */
  readonly advised: boolean;
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
  if (found.kind !== "found") {
    const phase = found.kind === "failed" ? "Failed" : "Pending";
    return stopped(deps, service, { phase, ...found, desired: 0 });
  }
  const { model, draft } = found;
  const desired = wantedReplicas(deps, service);
  const reached = { model, draft, modelReady: true, desired: desired.status };
  const fault = await ensureClaim(deps, service, { model, draft });
  if (fault !== null) return stopped(deps, service, { phase: "Failed", ...reached, ...fault });
  const { settings, improvements } = deps;
  const events = planAdviceEvents({ service, model, draft, settings, improvements });
  for (const event of events) await emitEvent(deps, service, event);
  const wanted = { service, model, draft, replicas: desired.deployment };
  return isMetal(model)
    ? onHostAgent(deps, service, reached)
    : ensureWorkload(deps, wanted, reached);
}

/** No pod serves it: an agent outside the cluster does, and registers its address. */
async function onHostAgent(
  deps: PassDeps,
  service: InferenceService,
  reached: Reached,
): Promise<Outcome> {
  const { namespace } = service.metadata;
  const labelSelector = `kubernetes.io/service-name=${serviceObjectName(service)}`;
  const slices = await deps.store.list("endpointslices", { namespace, labelSelector });
  const report = readMetalReport(slices, deps.clock.now().getTime());
  const metal = { ...reached, ready: report.ready, metal: report.info, rollout: null };
  return { ...outcome(deps, service, metal), requeueAfterMs: report.recheckAfterMs };
}

type Reached = Pick<Outcome, "model" | "draft" | "modelReady" | "desired">;
type Workload = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
  readonly replicas: number;
};

async function ensureWorkload(
  deps: PassDeps,
  wanted: Workload,
  reached: Reached,
): Promise<Outcome> {
  const { service } = wanted;
  const ensured = await ensureDeployment(deps, wanted);
  if (ensured.kind === "failed") {
    return stopped(deps, service, { phase: "Failed", ...reached, ...ensured });
  }
  const fault =
    (await ensureServiceObject(deps, service)) ?? (await ensureAutoscaler(deps, service));
  if (fault !== null) return stopped(deps, service, { phase: "Failed", ...reached, ...fault });
  if (ensured.kind === "there") {
    const { deployment, rollout, requeueAfterMs } = ensured;
    const ready = deployment.status?.readyReplicas ?? 0;
    const there = outcome(deps, service, { ...reached, ready, metal: null, rollout });
    return { ...there, requeueAfterMs };
  }
  const waiting = outcome(deps, service, {
    ...reached,
    ready: 0,
    metal: null,
    rollout: "unknown",
  });
  return { ...waiting, requeueAfterMs: ensured.afterMs };
}

type Stop = {
  readonly phase: "Failed" | "Pending";
  readonly message: string;
  readonly model: Model | null;
  readonly draft: Model | null;
  readonly modelReady: boolean;
  readonly desired: number;
  readonly claimMissing?: boolean;
  readonly error?: AppError | null;
};

/** A pass that ends early. The workload is left as it is; LLMKube counts nothing of it then, which hides pods that serve. */
function stopped(deps: PassDeps, service: InferenceService, stop: Stop): Outcome {
  const { phase, error = null, claimMissing = false, ...rest } = stop;
  const { namespace, name } = service.metadata;
  const key = `${namespace}/${name}`;
  const observed = deps.improvements.has("ObservedState");
  const ready = observed ? (deps.own.get("deployments", key)?.status?.readyReplicas ?? 0) : 0;
  const desired =
    observed && ready > 0
      ? Math.max(rest.desired, wantedReplicas(deps, service).status)
      : rest.desired;
  return {
    ...rest,
    desired,
    decision: { phase, info: null },
    ready,
    endpoint: ready > 0,
    pods: observed ? deps.index.podsOfService(key) : [],
    claimMissing,
    rollout: "unknown",
    advised: false,
    error,
    requeueAfterMs: null,
  };
}

type Observed = Reached & {
  readonly ready: number;
  readonly metal: SchedulingInfo | null;
  readonly rollout: Outcome["rollout"];
};

function outcome(
  deps: PassDeps,
  service: InferenceService,
  { metal, ...reached }: Observed,
): Outcome {
  const { namespace, name } = service.metadata;
  const pods = deps.index.podsOfService(`${namespace}/${name}`);
  const decision = decidePhase({
    suspended: service.spec.suspend === true,
    ready: reached.ready,
    desired: reached.desired,
    metal,
    scheduling: podSchedulingInfo(service, pods, {
      claim: (claimNamespace, claim) =>
        deps.index.get("persistentvolumeclaims", `${claimNamespace}/${claim}`),
      volume: (volume) => deps.index.get("persistentvolumes", volume),
    }),
  });
  return {
    ...reached,
    decision,
    message: "",
    endpoint: true,
    pods,
    claimMissing: false,
    advised: metal === null,
    error: null,
    requeueAfterMs: null,
  };
}
