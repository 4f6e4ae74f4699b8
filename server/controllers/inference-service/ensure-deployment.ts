import { planDeployment } from "@/server/domain/deployment/build-deployment";
import type { DesiredDeployment } from "@/server/domain/deployment/build-deployment";
import { planDeploymentChange } from "@/server/domain/deployment/deployment-changes";
import type { Deployment, InferenceService, Model } from "@/server/domain/objects";
import { hasReason, type AppError } from "@/server/errors";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { PassDeps } from "./service-pass";

export type EnsuredDeployment =
  | { readonly kind: "there"; readonly deployment: Deployment; readonly created: boolean }
  /** Something has to go first. */
  | { readonly kind: "later"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly message: string; readonly error: AppError | null };

const AFTER_DELETE_MS = 2_000;
const AFTER_LEFTOVER_MS = 1_000;

type Wanted = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
};

/** Pods wanted now. An autoscaler's count is left alone. */
export function desiredReplicas(service: InferenceService, observed: Deployment | null): number {
  const { suspend, autoscaling, replicas = 1 } = service.spec;
  if (suspend === true) return 0;
  return autoscaling === undefined ? replicas : (observed?.spec?.replicas ?? replicas);
}

/** Makes the Deployment what it has to be; writes nothing when it is. */
export async function ensureDeployment(
  deps: PassDeps,
  { service, model, draft }: Wanted,
): Promise<EnsuredDeployment> {
  const { namespace, name } = service.metadata;
  const observed = deps.own.get("deployments", `${namespace}/${name}`);
  const replicas = desiredReplicas(service, observed);
  const plan = planDeployment({ service, model, draft, settings: deps.settings, replicas });
  if (plan.kind === "fault") return failed(plan.message, null);
  const change = planDeploymentChange(plan.deployment, observed);
  switch (change.kind) {
    case "none":
      // "none" is only ever said of an observed Deployment.
      return { kind: "there", deployment: observed as Deployment, created: false };
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
      if (change.clearRollingUpdate) await clearRollingUpdate(deps, plan.deployment);
      return apply(deps, plan.deployment, observed === null);
  }
}

async function apply(
  deps: PassDeps,
  desired: DesiredDeployment,
  created: boolean,
): Promise<EnsuredDeployment> {
  const key = `${desired.metadata.namespace}/${desired.metadata.name}`;
  try {
    const before = deps.own.seenVersion("deployments", key);
    const deployment = await deps.store.apply("deployments", desired, {
      fieldManager: OPERATOR_MANAGER,
      force: true,
    });
    deps.own.record("deployments", key, { before, object: deployment });
    return { kind: "there", deployment, created };
  } catch (error) {
    if (hasReason(error, "Invalid") || hasReason(error, "Forbidden")) {
      return failed(error.message, error);
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
  return { kind: "failed", message: `Failed to create Deployment: ${message}`, error };
}
