import { buildServiceEvent, planEventRepeat } from "@/server/domain/operator-events";
import type { OperatorEvent } from "@/server/domain/operator-events";
import type { InferenceService, KubeEvent } from "@/server/domain/objects";
import { hasReason } from "@/server/errors";
import type { OperatorDeps } from "./operator-deps";
import { OPERATOR_MANAGER } from "./operator-deps";

/** Says it in one Event for each reason and text; said again, that Event counts up, at most every few minutes. */
export async function emitEvent(
  deps: OperatorDeps,
  service: InferenceService,
  event: OperatorEvent,
): Promise<void> {
  const now = deps.clock.now().toISOString();
  const manifest = buildServiceEvent(service, event, now);
  const key = { namespace: manifest.metadata.namespace, name: manifest.metadata.name };
  const seen = deps.index.get("events", `${key.namespace}/${key.name}`);
  if (seen !== null) {
    await repeat(deps, seen, now);
    return;
  }
  try {
    await deps.store.create("events", manifest);
  } catch (error) {
    // Said before, and the watch has not shown it yet.
    if (hasReason(error, "AlreadyExists")) return;
    // An event is a courtesy: one that may not be written must not keep the service from being served.
    if (!hasReason(error, "Forbidden")) throw error;
  }
}

async function repeat(deps: OperatorDeps, seen: KubeEvent, now: string): Promise<void> {
  const patch = planEventRepeat(seen, now);
  if (patch === null) return;
  const { namespace, name } = seen.metadata;
  try {
    await deps.store.mergePatch("events", { namespace, name }, patch, {
      fieldManager: OPERATOR_MANAGER,
    });
  } catch (error) {
    // Events expire; the next occurrence makes a new one.
    if (!hasReason(error, "NotFound")) throw error;
  }
}
