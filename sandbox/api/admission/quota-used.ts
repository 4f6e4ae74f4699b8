import type { KubeObject } from "../objects";
import type { Store } from "../store";
import type { Amounts } from "./pod-resources";
import { COUNTED, hardOf, isCounted, usageOf } from "./quota-usage";

/** How much of the quota's resources is used, counted anew. */
export function usedOf(store: Store, quota: KubeObject): Amounts {
  const used = Object.fromEntries(Object.keys(hardOf(quota)).map((resource) => [resource, 0]));
  const usages = COUNTED.flatMap((id) => countedObjects(store, quota, id));
  for (const [resource, amount] of usages.flatMap((usage) => Object.entries(usage))) {
    if (used[resource] !== undefined) used[resource] += amount;
  }
  return used;
}

function countedObjects(store: Store, quota: KubeObject, id: string): Amounts[] {
  return store
    .snapshot(id)
    .objects.filter(
      (object) =>
        object.metadata.namespace === quota.metadata.namespace && isCounted(quota, id, object),
    )
    .map((object) => usageOf(id, object));
}
