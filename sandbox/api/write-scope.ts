import { cloneJson, jsonEqual, omit } from "./json";
import type { KubeObject } from "./objects";
import type { Resource } from "./resources";

export type Subresource = "status" | "scale" | undefined;

/** Everything but what the write may touch comes from the stored object. */
function scope(resource: Resource, before: KubeObject, { after, subresource }: Scoped): KubeObject {
  if (subresource === "status") {
    const { managedFields } = after.metadata;
    const metadata = { ...before.metadata, ...(managedFields ? { managedFields } : {}) };
    return { ...before, metadata, status: after.status as unknown };
  }
  if (!resource.hasStatus) return after;
  if (before.status === undefined) return omit(after, "status") as KubeObject;
  return { ...after, status: before.status as unknown };
}

interface Scoped {
  after: KubeObject;
  subresource: Subresource;
}

function restoreSystemFields(
  resource: Resource,
  before: KubeObject,
  after: KubeObject,
): KubeObject {
  const { metadata: old } = before;
  const metadata = {
    ...after.metadata,
    uid: after.metadata.uid || old.uid,
    creationTimestamp: old.creationTimestamp,
    resourceVersion: old.resourceVersion,
  };
  if (old.namespace !== undefined) metadata.namespace ??= old.namespace;
  for (const field of ["generation", "deletionTimestamp", "deletionGracePeriodSeconds"] as const) {
    if (old[field] === undefined) Reflect.deleteProperty(metadata, field);
    else Reflect.set(metadata, field, old[field]);
  }
  return { ...after, apiVersion: before.apiVersion, kind: resource.kind, metadata };
}

function specChanged(resource: Resource, before: KubeObject, after: KubeObject): boolean {
  if (!resource.isCustom) return !jsonEqual(before.spec, after.spec);
  const strip = (object: KubeObject) =>
    resource.hasStatus ? omit(object, "metadata", "status") : omit(object, "metadata");
  return !jsonEqual(strip(before), strip(after));
}

/** Raises the generation of the changed object if what its owner wants has changed. In place. */
export function countGeneration(resource: Resource, before: KubeObject, after: KubeObject): void {
  if (!resource.hasGeneration || !specChanged(resource, before, after)) return;
  after.metadata.generation = (before.metadata.generation ?? 0) + 1;
}

/** A copy of the changed object in which everything the write may not touch is as it was. */
export function withinScope(resource: Resource, before: KubeObject, scoped: Scoped): KubeObject {
  return cloneJson(restoreSystemFields(resource, before, scope(resource, before, scoped)));
}
