import { buildServiceEvent, planEventRepeat } from "@/server/domain/operator-events";
import type { OperatorEvent } from "@/server/domain/operator-events";
import type { InferenceService, KubeEvent } from "@/server/domain/objects";
import { hasReason } from "@/server/errors";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { PassDeps } from "./service-pass";

/** Says it in one Event for each reason and text; said again, that Event counts up, at most every few minutes. */
export async function emitEvent(
  deps: PassDeps,
  service: InferenceService,
  event: OperatorEvent,
): Promise<void> {
  const now = deps.clock.now().toISOString();
  const manifest = buildServiceEvent(service, event, now);
  const key = `${manifest.metadata.namespace}/${manifest.metadata.name}`;
  const seen = deps.own.get("events", key);
  if (seen !== null) {
    await repeat(deps, seen, now);
    return;
  }
  try {
    await deps.own.record("events", key, () => deps.store.create("events", manifest));
  } catch (error) {
    // Said by an earlier life of this operator, and the watch has not shown it yet.
    if (hasReason(error, "AlreadyExists")) return;
    // An event is a courtesy: one that may not be written must not keep the service from being served.
    if (!hasReason(error, "Forbidden")) throw error;
  }
}

async function repeat({ own, store }: PassDeps, seen: KubeEvent, now: string): Promise<void> {
  const patch = planEventRepeat(seen, now);
  if (patch === null) return;
  const { namespace, name } = seen.metadata;
  try {
    const options = { fieldManager: OPERATOR_MANAGER };
    await own.record("events", `${namespace}/${name}`, () =>
      store.mergePatch("events", { namespace, name }, patch, options),
    );
  } catch (error) {
    // Events expire; the next occurrence makes a new one.
    if (!hasReason(error, "NotFound")) throw error;
  }
}
