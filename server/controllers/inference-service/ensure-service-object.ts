import { isAsDesired } from "@/server/domain/deployment/deployment-changes";
import type { InferenceService } from "@/server/domain/objects";
import { buildServiceObject } from "@/server/domain/service-object";
import { hasReason, type AppError } from "@/server/errors";
import { OPERATOR_MANAGER } from "./operator-deps";
import type { PassDeps } from "./service-pass";

export type ServiceFault = { readonly message: string; readonly error: AppError | null } | null;

/** Makes the Service in front of the pods what it has to be; writes nothing when it is. */
export async function ensureServiceObject(
  { own, store }: PassDeps,
  service: InferenceService,
): Promise<ServiceFault> {
  const desired = buildServiceObject(service);
  const key = `${desired.metadata.namespace}/${desired.metadata.name}`;
  const observed = own.get("services", key);
  if (observed !== null && isAsDesired(desired, observed)) return null;
  try {
    await own.record("services", key, () =>
      store.apply("services", desired, { fieldManager: OPERATOR_MANAGER, force: true }),
    );
    return null;
  } catch (error) {
    if (!hasReason(error, "Invalid") && !hasReason(error, "Forbidden")) throw error;
    return { message: `Failed to create Service: ${error.message}`, error };
  }
}
