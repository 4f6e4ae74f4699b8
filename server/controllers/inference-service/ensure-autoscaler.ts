import {
  autoscalerFault,
  buildAutoscaler,
  type Autoscaler,
} from "@/server/domain/deployment/autoscaler";
import { isAsDesired } from "@/server/domain/deployment/deployment-changes";
import type { HorizontalPodAutoscaler, InferenceService } from "@/server/domain/objects";
import { hasReason } from "@/server/errors";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { ServiceFault } from "./ensure-service-object";
import type { PassDeps } from "./service-pass";

const KIND = "horizontalpodautoscalers";

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
    // LLMKube tries again without a word.
    const said = deps.improvements.has("ObservedState");
    if (!said || !(hasReason(error, "Invalid") || hasReason(error, "Forbidden"))) throw error;
    return { message: failure(error.message), error };
  }
}

async function bring(
  { own, store }: PassDeps,
  { metadata }: InferenceService,
  desired: Autoscaler | null,
): Promise<void> {
  const { namespace, name } = metadata;
  const key = `${namespace}/${name}`;
  const observed = own.get(KIND, key);
  if (desired === null) {
    if (observed === null || !belongsTo(observed, metadata.uid)) return;
    const { uid } = observed.metadata;
    await own.record(KIND, key, async () => {
      await store.delete(KIND, { namespace, name }, { uid });
      return null;
    });
    return;
  }
  if (observed !== null && isAsDesired(desired, observed)) return;
  const options = { fieldManager: OPERATOR_MANAGER, force: true };
  await own.record(KIND, key, () => store.apply(KIND, desired, options));
}

/** One of the same name that somebody else made is not ours to take away. */
function belongsTo({ metadata }: HorizontalPodAutoscaler, uid: string): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) => owner.controller === true && owner.uid === uid,
  );
}

function failure(why: string): string {
  return `Failed to create HorizontalPodAutoscaler: ${why}`;
}
