import { isRecord } from "../canonical-json";
import type { Deployment } from "../objects";
import { parseQuantity } from "../quantity";
import type { DesiredDeployment } from "./build-deployment";

/** What has to happen to the Deployment that is there. */
export type DeploymentChange =
  | { readonly kind: "none" }
  | { readonly kind: "apply"; readonly clearRollingUpdate: boolean }
  /** Its selector cannot be changed, so it is deleted and made anew. */
  | { readonly kind: "replace" }
  /** It belongs to an earlier life of the service, or is on its way out. */
  | { readonly kind: "wait" };

/** Compares by what we say: fields that others or the API server added do not count. */
export function planDeploymentChange(
  desired: DesiredDeployment,
  observed: Deployment | null,
): DeploymentChange {
  if (observed === null) return { kind: "apply", clearRollingUpdate: false };
  if (observed.metadata.deletionTimestamp !== undefined || ofAnotherOwner(desired, observed)) {
    return { kind: "wait" };
  }
  if (!sameLabels(desired.spec.selector.matchLabels, observed.spec?.selector.matchLabels)) {
    return { kind: "replace" };
  }
  if (isAsDesired(desired, observed)) return { kind: "none" };
  const clearRollingUpdate =
    desired.spec.strategy.type === "Recreate" &&
    observed.spec?.strategy?.rollingUpdate !== undefined;
  return { kind: "apply", clearRollingUpdate };
}

/** Whether an object has the metadata and the spec it was given; items of a list do not tell their own kind. */
export function isAsDesired(
  desired: { readonly metadata: object; readonly spec: object },
  observed: { readonly metadata: object; readonly spec?: object | undefined },
): boolean {
  return covers(desired.metadata, observed.metadata) && covers(desired.spec, observed.spec);
}

function ofAnotherOwner(desired: DesiredDeployment, observed: Deployment): boolean {
  const [owner] = desired.metadata.ownerReferences;
  const controller = observed.metadata.ownerReferences?.find((reference) => reference.controller);
  return controller !== undefined && controller.uid !== owner?.uid;
}

function sameLabels(
  desired: Readonly<Record<string, string>>,
  observed: Readonly<Record<string, string>> | undefined,
): boolean {
  return (
    Object.keys(desired).length === Object.keys(observed ?? {}).length && covers(desired, observed)
  );
}

/** Whether every field of `desired` is in `observed` with the same meaning. Lists of named things may hold more. */
export function covers(desired: unknown, observed: unknown): boolean {
  if (isEmpty(desired) && observed === undefined) return true;
  if (Array.isArray(desired)) return Array.isArray(observed) && coversList(desired, observed);
  if (isRecord(desired)) {
    if (!isRecord(observed)) return false;
    return Object.entries(desired).every(([field, value]) => covers(value, observed[field]));
  }
  return desired === observed || sameQuantity(desired, observed);
}

function coversList(desired: readonly unknown[], observed: readonly unknown[]): boolean {
  const key = ["mountPath", "name"].find((field) => desired.every((item) => hasKey(item, field)));
  if (key === undefined || desired.length === 0) {
    return (
      desired.length === observed.length &&
      desired.every((item, position) => covers(item, observed[position]))
    );
  }
  return desired.every((item) =>
    observed.some((other) => keyOf(item, key) === keyOf(other, key) && covers(item, other)),
  );
}

function hasKey(item: unknown, field: string): boolean {
  return typeof keyOf(item, field) === "string";
}

function keyOf(item: unknown, field: string): unknown {
  return isRecord(item) ? item[field] : undefined;
}

/** The API server leaves out what says nothing. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === 0 || value === false) {
    return true;
  }
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && noFields(value);
}

function noFields(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length === 0;
}

/** "0.5" is given back as "500m". */
function sameQuantity(a: unknown, b: unknown): boolean {
  if (typeof a !== "string" || typeof b !== "string") return false;
  const value = parseQuantity(a);
  return value !== null && value === parseQuantity(b);
}
