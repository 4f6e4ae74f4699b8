import {
  autoscalerFault,
  buildAutoscaler,
  type Autoscaler,
} from "@/server/domain/deployment/autoscaler";
import { isAsDesired } from "@/server/domain/deployment/deployment-changes";
import type { HorizontalPodAutoscaler, InferenceService } from "@/server/domain/objects";
import { SERVICE_LABEL } from "@/server/domain/service-labels";
import { hasReason } from "@/server/errors";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { ServiceFault } from "./ensure-service-object";
import { SERVICE_TRUST_MS } from "./ensure-service-object";
import type { PassDeps } from "./service-pass";

type Known = { readonly atMs: number; readonly byName: Map<string, HorizontalPodAutoscaler> };

/** Autoscalers are not watched, and most services have none: they are listed once for a namespace and believed for a while. */
export type KnownAutoscalers = Map<string, Promise<Known>>;

/** Makes the service's autoscaler what it has to be, and takes it away when there is to be none. null: it is so. */
export async function ensureAutoscaler(
  deps: PassDeps,
  service: InferenceService,
): Promise<ServiceFault> {
  const bad = autoscalerFault(service);
  if (bad !== null) return { message: failure(bad), error: null };
  const desired = buildAutoscaler(service);
  try {
    await bring(deps, service, desired);
    return null;
  } catch (error) {
    // Where autoscalers may not be listed, none was ever made by us.
    if (desired === null && hasReason(error, "Forbidden")) return null;
    // LLMKube tries again without a word.
    const said = deps.improvements.has("ObservedState");
    if (!said || !(hasReason(error, "Invalid") || hasReason(error, "Forbidden"))) throw error;
    return { message: failure(error.message), error };
  }
}

async function bring(
  deps: PassDeps,
  { metadata }: InferenceService,
  desired: Autoscaler | null,
): Promise<void> {
  const { byName } = await knownIn(deps, metadata.namespace);
  const observed = byName.get(metadata.name) ?? null;
  if (desired === null) {
    if (observed === null || !belongsTo(observed, metadata.uid)) return;
    const { namespace, name } = metadata;
    const { uid } = observed.metadata;
    await deps.store.delete("horizontalpodautoscalers", { namespace, name }, { uid });
    byName.delete(name);
    return;
  }
  if (observed !== null && isAsDesired(desired, observed)) return;
  const options = { fieldManager: OPERATOR_MANAGER, force: true };
  byName.set(metadata.name, await deps.store.apply("horizontalpodautoscalers", desired, options));
}

/** One of the same name that somebody else made is not ours to take away. */
function belongsTo({ metadata }: HorizontalPodAutoscaler, uid: string): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) => owner.controller === true && owner.uid === uid,
  );
}

async function knownIn(deps: PassDeps, namespace: string): Promise<Known> {
  const now = deps.clock.now().getTime();
  const known = await deps.autoscalers.get(namespace);
  if (known !== undefined && now - known.atMs < SERVICE_TRUST_MS) return known;
  const reading = list(deps, namespace, now);
  deps.autoscalers.set(namespace, reading);
  reading.catch(() => deps.autoscalers.delete(namespace)); // told to those who wait for it
  return reading;
}

async function list({ store }: PassDeps, namespace: string, atMs: number): Promise<Known> {
  const found = await store.list("horizontalpodautoscalers", {
    namespace,
    labelSelector: SERVICE_LABEL,
  });
  return { atMs, byName: new Map(found.map((object) => [object.metadata.name, object])) };
}

function failure(why: string): string {
  return `Failed to create HorizontalPodAutoscaler: ${why}`;
}
