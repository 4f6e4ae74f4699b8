import { planDeployment } from "@/server/domain/deployment/build-deployment";
import type { DesiredDeployment } from "@/server/domain/deployment/build-deployment";
import { planDeploymentChange } from "@/server/domain/deployment/deployment-changes";
import type { DeploymentChange } from "@/server/domain/deployment/deployment-changes";
import { TEMPLATE_HASH_ANNOTATION } from "@/server/domain/deployment/template-hash";
import { isReady } from "@/server/domain/pod-state";
import {
  planRollout,
  ROLLOUT_CONDITION,
  waitsForIdle,
} from "@/server/domain/status/rollout-deferral";
import type { RolloutPlan } from "@/server/domain/status/rollout-deferral";
import type { ConditionUpdate } from "@/server/domain/status/set-condition";
import { findCondition } from "@/server/domain/status/set-condition";
import type { Deployment, InferenceService, Model } from "@/server/domain/objects";
import { hasReason, type AppError } from "@/server/errors";
import { checkIdle } from "./check-idle";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { PassDeps } from "./service-pass";

export type EnsuredDeployment =
  | {
      readonly kind: "there";
      readonly deployment: Deployment;
      /** Whether its new template is held back; null when not. */
      readonly rollout: ConditionUpdate | null;
      readonly requeueAfterMs: number | null;
    }
  /** Something has to go first. */
  | { readonly kind: "later"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly message: string; readonly error: AppError | null };

const AFTER_DELETE_MS = 2_000;
const AFTER_LEFTOVER_MS = 1_000;

type Wanted = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
  readonly replicas: number;
};

/** Makes the Deployment what it has to be; writes nothing when it is. */
export async function ensureDeployment(deps: PassDeps, wanted: Wanted): Promise<EnsuredDeployment> {
  const { namespace, name } = wanted.service.metadata;
  const observed = deps.own.get("deployments", `${namespace}/${name}`);
  const plan = planDeployment({ ...wanted, settings: deps.settings });
  if (plan.kind === "fault") return failed(plan.message, null);
  const change = planDeploymentChange(plan.deployment, observed);
  switch (change.kind) {
    case "none":
      // "none" is only ever said of an observed Deployment.
      return there(observed as Deployment, null);
    case "wait":
      return { kind: "later", afterMs: AFTER_LEFTOVER_MS };
    case "replace":
      await deps.store.delete(
        "deployments",
        { namespace, name },
        { uid: observed?.metadata.uid ?? "" },
      );
      return { kind: "later", afterMs: AFTER_DELETE_MS };
    case "apply":
      return rollOut(deps, wanted.service, { desired: plan.deployment, observed, change });
  }
}

type Change = {
  readonly desired: DesiredDeployment;
  readonly observed: Deployment | null;
  readonly change: Extract<DeploymentChange, { kind: "apply" }>;
};

/** Writes the Deployment, unless its pods are to finish their work before they are replaced. */
async function rollOut(
  deps: PassDeps,
  service: InferenceService,
  { desired, observed, change }: Change,
): Promise<EnsuredDeployment> {
  let rollout: ConditionUpdate | null = null;
  if (observed !== null && waitsForIdle(service) && replacesPods(desired, observed)) {
    const plan = await planIdleRollout(deps, service);
    if (plan.kind === "defer") {
      const { condition, requeueAfterMs } = plan;
      return { ...there(observed, condition), requeueAfterMs };
    }
    rollout = plan.condition;
  }
  if (change.clearRollingUpdate) await clearRollingUpdate(deps, desired);
  return apply(deps, desired, { created: observed === null, rollout });
}

/** A template without its hash counts as changed. */
function replacesPods(desired: DesiredDeployment, observed: Deployment): boolean {
  const recorded = observed.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  return recorded !== desired.metadata.annotations[TEMPLATE_HASH_ANNOTATION];
}

async function planIdleRollout(deps: PassDeps, service: InferenceService): Promise<RolloutPlan> {
  const pods = deps.index.podsOfService(`${service.metadata.namespace}/${service.metadata.name}`);
  return planRollout({
    service,
    idle: await checkIdle(deps.replicas, service, pods),
    pods: { total: pods.length, ready: pods.filter(isReady).length },
    previous: findCondition(service.status?.conditions, ROLLOUT_CONDITION),
    now: deps.clock.now(),
  });
}

function there(
  deployment: Deployment,
  rollout: ConditionUpdate | null,
): Extract<EnsuredDeployment, { kind: "there" }> {
  return { kind: "there", deployment, rollout, requeueAfterMs: null };
}

async function apply(
  deps: PassDeps,
  desired: DesiredDeployment,
  told: { readonly created: boolean; readonly rollout: ConditionUpdate | null },
): Promise<EnsuredDeployment> {
  const key = `${desired.metadata.namespace}/${desired.metadata.name}`;
  try {
    const options = { fieldManager: OPERATOR_MANAGER, force: true };
    const deployment = await deps.own.record("deployments", key, () =>
      deps.store.apply("deployments", desired, options),
    );
    return there(deployment, told.rollout);
  } catch (error) {
    // LLMKube reports a failed create and is silent about a failed update.
    const said = told.created || deps.improvements.has("ObservedState");
    if (said && (hasReason(error, "Invalid") || hasReason(error, "Forbidden"))) {
      return failed(`Failed to create Deployment: ${error.message}`, error);
    }
    throw error;
  }
}

/** The API server filled these fields in for another strategy; no manager owns them, so an apply cannot take them out. */
async function clearRollingUpdate(deps: PassDeps, desired: DesiredDeployment): Promise<void> {
  const { namespace, name } = desired.metadata;
  await deps.store.mergePatch(
    "deployments",
    { namespace, name },
    { spec: { strategy: { type: desired.spec.strategy.type, rollingUpdate: null } } },
    { fieldManager: OPERATOR_MANAGER },
  );
}

function failed(message: string, error: AppError | null): EnsuredDeployment {
  return { kind: "failed", message, error };
}
