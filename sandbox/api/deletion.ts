import { conflict } from "./status-error";
import { asRecord, asText } from "./json";
import type { KubeObject } from "./objects";
import { mustGet, type ApiState, type Target } from "./writes";

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  uid?: string;
  resourceVersion?: string;
  propagationPolicy?: string;
  dryRun?: boolean;
}

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";
const DEFAULT_GRACE_SECONDS = 30;

/** @throws StatusError Conflict, which names the kind where other conflicts name the resource */
function assertPreconditions(target: Target, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = object.metadata;
  const subject = { ...target.resource, plural: target.resource.kind };
  if (options.uid && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw conflict(subject, target.name, why);
  }
  if (options.resourceVersion && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw conflict(subject, target.name, why);
  }
}

/** Pods that run somewhere end gracefully; all else, and pods that never ran, at once. */
function graceSeconds({ resource }: Target, object: KubeObject, options: DeleteOptions): number {
  if (resource.id !== "pods") return 0;
  const spec = asRecord(object.spec);
  const phase = asText(asRecord(object.status)["phase"]);
  const isRunning = spec["nodeName"] !== undefined && phase !== "Succeeded" && phase !== "Failed";
  if (!isRunning) return 0;
  const own = spec["terminationGracePeriodSeconds"];
  return options.gracePeriodSeconds ?? (typeof own === "number" ? own : DEFAULT_GRACE_SECONDS);
}

function finalizersFor(object: KubeObject, policy: string | undefined): string[] {
  const others = (object.metadata.finalizers ?? []).filter(
    (finalizer) => policy === undefined || (finalizer !== FOREGROUND && finalizer !== ORPHAN),
  );
  if (policy === "Foreground") return [...others, FOREGROUND];
  return policy === "Orphan" ? [...others, ORPHAN] : others;
}

function afterSeconds(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

interface Plan {
  finalizers: string[];
  grace: number;
}

function marked(api: ApiState, object: KubeObject, { finalizers, grace }: Plan): KubeObject {
  const { metadata } = object;
  const already = metadata.deletionTimestamp;
  const next: KubeObject["metadata"] = {
    ...metadata,
    deletionTimestamp: already ?? afterSeconds(api.now(), grace),
    deletionGracePeriodSeconds: grace,
  };
  if (finalizers.length > 0) next.finalizers = finalizers;
  else delete next.finalizers;
  if (metadata.generation !== undefined && already === undefined) {
    next.generation = metadata.generation + 1;
  }
  return { ...object, metadata: next };
}

function isMarkedAlready(object: KubeObject, { finalizers, grace }: Plan): boolean {
  const { metadata } = object;
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.deletionGracePeriodSeconds ?? 0) <= grace &&
    JSON.stringify(metadata.finalizers ?? []) === JSON.stringify(finalizers)
  );
}

function terminateNamespace(object: KubeObject): KubeObject {
  const status: unknown = object.status;
  return { ...object, status: { ...asRecord(status), phase: "Terminating" } };
}

export interface Deletion {
  object: KubeObject;
  /** False while finalizers, a grace period or a namespace's content hold it. */
  removed: boolean;
}

/**
 * Deletes, or marks for deletion what finalizers or a grace period still hold.
 * @throws StatusError NotFound; Conflict for a precondition that does not hold
 */
export function remove(api: ApiState, target: Target, options: DeleteOptions): Deletion {
  const object = mustGet(api, target);
  assertPreconditions(target, object, options);
  const { resource } = target;
  const finalizers = finalizersFor(object, options.propagationPolicy);
  const isNamespace = resource.id === "namespaces";
  const grace = graceSeconds(target, object, options);
  const held = finalizers.length > 0 || grace > 0 || isNamespace;
  if (options.dryRun) return { object, removed: !held };
  if (!held) return { object: api.store.remove(resource.storage, object), removed: true };
  const plan = { finalizers, grace };
  if (isMarkedAlready(object, plan)) return { object, removed: false };
  const marking = marked(api, object, plan);
  const next = isNamespace ? terminateNamespace(marking) : marking;
  return { object: api.store.commit(resource.storage, next), removed: false };
}
