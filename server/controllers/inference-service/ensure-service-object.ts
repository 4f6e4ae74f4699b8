import { canonicalJson } from "@/server/domain/canonical-json";
import { isAsDesired } from "@/server/domain/deployment/deployment-changes";
import type { InferenceService } from "@/server/domain/objects";
import { buildServiceObject } from "@/server/domain/service-object";
import { hasReason, type AppError } from "@/server/errors";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { PassDeps } from "./service-pass";

/** Services are not watched: how long one that was seen in order is believed to be so. */
export const SERVICE_TRUST_MS = 10 * 60_000;

export type CheckedServices = Map<string, { readonly text: string; readonly atMs: number }>;

export type ServiceFault = { readonly message: string; readonly error: AppError | null } | null;

/** Makes the Service in front of the pods what it has to be. `fresh`: the Deployment was just made, so there can be no Service to compare with. */
export async function ensureServiceObject(
  deps: PassDeps,
  service: InferenceService,
  fresh: boolean,
): Promise<ServiceFault> {
  const desired = buildServiceObject(service);
  const key = `${desired.metadata.namespace}/${desired.metadata.name}`;
  const text = canonicalJson(desired);
  const atMs = deps.clock.now().getTime();
  const known = deps.checkedServices.get(key);
  const trusted = known?.text === text && atMs - known.atMs < SERVICE_TRUST_MS;
  if (trusted && !fresh) return null;
  try {
    await bring(deps, desired, fresh);
  } catch (error) {
    if (!hasReason(error, "Invalid") && !hasReason(error, "Forbidden")) throw error;
    return { message: `Failed to create Service: ${error.message}`, error };
  }
  deps.checkedServices.set(key, { text, atMs });
  return null;
}

async function bring(
  { store }: PassDeps,
  desired: ReturnType<typeof buildServiceObject>,
  fresh: boolean,
): Promise<void> {
  const { namespace, name } = desired.metadata;
  const observed = fresh ? null : await store.get("services", { namespace, name });
  if (observed !== null && isAsDesired(desired, observed)) return;
  await store.apply("services", desired, { fieldManager: OPERATOR_MANAGER, force: true });
}
