import { planOperatorClaim } from "../operator-claim";
import type { ServiceFacts } from "../facts";
import type { StorageClass } from "../objects";
import { parseQuantity } from "../quantity";
import { isMissing, planOf, settingsFor } from "../service-state";

export const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** A claim that the operator makes because it is missing. */
export type ClaimToBeMade = {
  readonly name: string;
  readonly sizeBytes: number;
  /** null: without one, or not known. */
  readonly storageClass: string | null;
};

/** The claim that the operator would make for the service; null where it makes none, or its settings could not be read. */
export function claimToBeMade(after: ServiceFacts): ClaimToBeMade | null {
  const { kind, effectiveClaim } = planOf(after);
  const made = kind === "Shared" || kind === "PerService";
  if (!made || effectiveClaim === null || !isMissing(after, effectiveClaim)) return null;
  const settings = settingsFor(after);
  const plan = planOperatorClaim(after.service, settings);
  if (plan.kind !== "claim" || settings.unknown.includes("cacheSize")) return null;
  const sizeBytes = parseQuantity(plan.claim.spec.resources.requests.storage);
  if (sizeBytes === null) return null;
  const named = plan.claim.spec.storageClassName;
  const storageClass = named ?? defaultClass(after.surroundings.storageClasses);
  return { name: plan.claim.metadata.name, sizeBytes, storageClass };
}

/** The class of claims that name none: the newest of those marked so. */
function defaultClass(classes: readonly StorageClass[]): string | null {
  const marked = classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
  const newest = [...marked].sort((a, b) =>
    b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
  )[0];
  return newest?.metadata.name ?? null;
}
