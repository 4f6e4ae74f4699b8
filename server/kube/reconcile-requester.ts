import { MOORING_MANAGER } from "@/server/domain/field-owner";
import { RECONCILE_REQUESTED_AT } from "@/server/domain/reconcile-request";
import type { ObjectStore, ReconcileRequester } from "@/server/ports";

/** Writes the one annotation that wakes an LLMKube operator, and nothing else. */
export function createReconcileRequester(
  objects: Pick<ObjectStore, "mergePatch">,
): ReconcileRequester {
  return {
    async request({ key: { namespace, name }, uid, resourceVersion, requestedAt }) {
      // With the uid, the API server refuses to touch another service of this name.
      const precondition = {
        uid,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      };
      await objects.mergePatch(
        "inferenceservices",
        { namespace, name },
        { metadata: { ...precondition, annotations: { [RECONCILE_REQUESTED_AT]: requestedAt } } },
        { fieldManager: MOORING_MANAGER },
      );
    },
  };
}
