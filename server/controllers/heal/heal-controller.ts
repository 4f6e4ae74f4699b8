import type { ObjectIndex } from "@/server/cluster/object-index";
import { hasReason } from "@/server/errors";
import type { Clock, ReconcileRequester } from "@/server/ports";
import {
  createController,
  type Controller,
  type ControllerOptions,
} from "@/server/runtime/controller";
import { DONE, type ReconcileResult } from "@/server/runtime/result";
import { planHeal } from "./plan-heal";

export type HealControllerDeps = Pick<ControllerOptions, "onError" | "timers"> & {
  readonly index: Pick<ObjectIndex, "get" | "list" | "subscribe" | "attachmentOf">;
  readonly requests: ReconcileRequester;
  readonly clock: Clock;
};

/**
 * Wakes an LLMKube operator for a service that failed for a missing claim once that claim exists: LLMKube does not watch
 * claims, and any edit of the service makes it look again. Once per claim made, and only for services that were attached
 * through Mooring. To be started only where Mooring is not the operator itself.
 */
export function createHealController(deps: HealControllerDeps): Controller {
  /** The claim's uid for which each service was woken; covers the time until the annotation is seen in the index. */
  const woken = new Map<string, string>();
  const queue = createController({
    name: "heal",
    onError: deps.onError,
    ...(deps.timers && { timers: deps.timers }),
    reconcile: (key) => heal(key, woken, deps),
  });
  let unsubscribe = (): void => undefined;
  return {
    name: queue.name,
    enqueue: (key) => queue.enqueue(key),
    idle: () => queue.idle(),
    start() {
      unsubscribe = deps.index.subscribe(({ services }) => {
        for (const key of services) queue.enqueue(key);
      });
      for (const { metadata } of deps.index.list("inferenceservices")) {
        queue.enqueue(`${metadata.namespace}/${metadata.name}`);
      }
      queue.start();
    },
    stop() {
      unsubscribe();
      return queue.stop();
    },
  };
}

async function heal(
  key: string,
  woken: Map<string, string>,
  { index, requests, clock }: HealControllerDeps,
): Promise<ReconcileResult> {
  const service = index.get("inferenceservices", key);
  if (service === null) {
    woken.delete(key);
    return DONE;
  }
  const name = service.spec.modelCache?.claimName;
  const claim =
    name === undefined
      ? null
      : index.get("persistentvolumeclaims", `${service.metadata.namespace}/${name}`);
  const attachment = index.attachmentOf(key);
  const plan = planHeal({ service, claim, attachment, now: clock.now() });
  if (plan === null || woken.get(key) === plan.causeUid) return DONE;
  const { namespace, name: serviceName, uid } = service.metadata;
  const { requestedAt } = plan;
  try {
    await requests.request({ key: { namespace, name: serviceName }, uid, requestedAt });
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
  }
  woken.set(key, plan.causeUid);
  return DONE;
}
