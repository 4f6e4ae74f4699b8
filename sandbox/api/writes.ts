import { asRecord, cloneJson, jsonEqual, omit, type JsonRecord } from "./json";
import {
  applyConfiguration,
  changesNothing,
  trackUpdate,
  type FieldTracking,
} from "./managed-fields";
import {
  forbiddenValue,
  metadataChangeProblems,
  metadataProblems,
  nameRuleOf,
} from "./metadata-validation";
import type { KubeObject, ManagedFieldsEntry, NewObject } from "./objects";
import { normalise } from "./normalise";
import type { Registry, Resource } from "./resources";
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  staleVersion,
} from "./status-error";
import type { Store } from "./store";
import { pruneUnknown } from "./unknown-fields";

export interface ApiState {
  readonly store: Store;
  readonly registry: Registry;
  /** RFC 3339 with whole seconds, as metadata has it. */
  readonly now: () => string;
  readonly newUid: () => string;
  readonly newSuffix: () => string;
}

export interface WriteOptions {
  manager: string;
  dryRun?: boolean;
  /** The status of a new object is the client's business: for objects made inside the sandbox. */
  keepStatus?: boolean;
  creationTimestamp?: string;
  /** Called with the fields the schema does not know; may refuse the write. */
  onUnknownFields?: (paths: string[]) => void;
}

export interface Target {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

export type Subresource = "status" | "scale" | undefined;

/** What a new object is compared with: the parts every object of the kind has even when empty. */
function emptyObject(resource: Resource, object: KubeObject): KubeObject {
  const identity = { apiVersion: object.apiVersion, kind: object.kind };
  const empty = { ...identity, metadata: {} } as unknown as KubeObject;
  if (resource.isCustom) return empty;
  if (object.spec !== undefined) {
    const hasTemplate = asRecord(object.spec)["template"] !== undefined;
    empty.spec = hasTemplate
      ? { template: { metadata: {}, spec: {} }, strategy: {}, resources: {} }
      : { resources: {} };
    for (const field of ["template", "strategy", "resources"]) {
      const spec = empty.spec as JsonRecord;
      if (asRecord(object.spec)[field] === undefined) Reflect.deleteProperty(spec, field);
    }
  }
  return empty;
}

export function get({ store }: ApiState, target: Target): KubeObject | undefined {
  return store.get(target.resource.storage, target.namespace, target.name);
}

/** @throws StatusError NotFound */
export function mustGet(api: ApiState, target: Target): KubeObject {
  const found = get(api, target);
  if (!found) throw notFound(target.resource, target.name);
  return found;
}

function tracking(
  { resource }: Target,
  options: WriteOptions & { subresource?: Subresource; now: string },
): FieldTracking {
  return {
    schema: resource.schema,
    hasStatus: resource.hasStatus,
    writer: {
      manager: options.manager,
      apiVersion: resource.apiVersion,
      subresource: options.subresource,
      now: options.now,
    },
  };
}

function assertNamespaceTakesObjects(api: ApiState, { resource, namespace, name }: Target): void {
  if (!resource.namespaced || namespace === undefined) return;
  const found = api.store.get("namespaces", undefined, namespace);
  if (!found) throw notFound({ group: "", plural: "namespaces", kind: "Namespace" }, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(resource, name, {
    why,
    causes: [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  });
}

function validate(target: Target, object: KubeObject, before: KubeObject | undefined): void {
  const { resource } = target;
  const problems = [
    ...metadataProblems(object, nameRuleOf(resource.id)),
    ...(before ? metadataChangeProblems(object, before) : []),
    ...(resource.rules.validate?.(object, before) ?? []),
  ];
  if (problems.length > 0) throw invalid(resource, object.metadata.name, problems);
}

function assertIdentity({ resource, namespace, name }: Target, object: NewObject): void {
  if (object.apiVersion !== resource.apiVersion || object.kind !== resource.kind) {
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${resource.apiVersion})`,
    );
  }
  const given = object.metadata.namespace;
  if (resource.namespaced && given !== undefined && given !== "" && given !== namespace) {
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  if (name !== "" && object.metadata.name !== undefined && object.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}

function prepareNew(api: ApiState, target: Target, options: WriteOptions & { given: NewObject }) {
  const { resource, namespace } = target;
  const object = cloneJson(options.given) as KubeObject;
  const { metadata } = object;
  if (!metadata.name && metadata.generateName) {
    metadata.name = `${metadata.generateName}${api.newSuffix()}`;
  }
  object.metadata = {
    ...omit(metadata, "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"),
    name: metadata.name || "",
    uid: api.newUid(),
    creationTimestamp: options.creationTimestamp ?? api.now(),
  } as KubeObject["metadata"];
  if (resource.namespaced && namespace !== undefined) object.metadata.namespace = namespace;
  else delete object.metadata.namespace;
  if (resource.hasGeneration) object.metadata.generation = 1;
  else delete object.metadata.generation;
  if (resource.hasStatus && !options.keepStatus && resource.id !== "nodes") delete object.status;
  return object;
}

function setInitialStatus(resource: Resource, object: KubeObject): void {
  const initial = resource.rules.initialStatus;
  if (initial !== undefined && object.status === undefined) object.status = cloneJson(initial);
}

/** Stores a new object as the API server would: identity, defaults, validation, field ownership. */
export function create(
  api: ApiState,
  target: Target,
  { given, ...options }: WriteOptions & { given: NewObject },
): KubeObject {
  const { resource } = target;
  assertIdentity({ ...target, name: "" }, given);
  if (given.metadata.resourceVersion) {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  return insert(api, target, {
    ...options,
    object: prepareNew(api, target, { ...options, given }),
    ownership: (object) =>
      trackUpdate(
        emptyObject(resource, object),
        object,
        tracking(target, { ...options, now: api.now() }),
      ),
  });
}

/** Brings what a client sent into the form of the kind, in place. */
function decode(resource: Resource, object: KubeObject, options: WriteOptions): void {
  normalise(resource, object);
  const unknown = pruneUnknown(resource.schema, object);
  if (unknown.length > 0) options.onUnknownFields?.(unknown);
}

interface Insertion extends WriteOptions {
  object: KubeObject;
  ownership: (object: KubeObject) => ManagedFieldsEntry[];
}

function insert(api: ApiState, target: Target, { object, ownership, ...options }: Insertion) {
  const { resource } = target;
  const { name } = object.metadata;
  assertNamespaceTakesObjects(api, { ...target, name });
  decode(resource, object, options);
  resource.rules.setDefaults?.(object, undefined);
  setInitialStatus(resource, object);
  validate(target, object, undefined);
  if (get(api, { ...target, name })) throw alreadyExists(resource, name);
  object.metadata.managedFields = ownership(omit(object, "status") as KubeObject);
  if (options.dryRun) return object;
  return api.store.commit(resource.storage, object);
}

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

export interface Change extends WriteOptions {
  before: KubeObject;
  after: KubeObject;
  subresource?: Subresource;
  /** Ownership as apply decided it; without it the writer owns what changed. */
  managedFields?: ManagedFieldsEntry[];
}

/**
 * Stores a changed object: the one way every update, patch and apply takes. Answers the stored object itself when the
 * write changes nothing. Removes the object when its last finalizer goes while it is being deleted.
 */
export function change(api: ApiState, target: Target, input: Change): KubeObject {
  const { before, subresource, ...options } = input;
  const { resource } = target;
  const given = cloneJson(input.after);
  assertCurrent(target, before, given);
  const scoped = scope(resource, before, { after: given, subresource });
  const after = cloneJson(restoreSystemFields(resource, before, scoped));
  decode(resource, after, options);
  resource.rules.setDefaults?.(after, before);
  validate(target, after, before);
  if (resource.hasGeneration && subresource !== "status" && specChanged(resource, before, after)) {
    after.metadata.generation = (before.metadata.generation ?? 0) + 1;
  }
  const track = tracking(target, { ...options, subresource, now: api.now() });
  after.metadata.managedFields = input.managedFields ?? trackUpdate(before, after, track);
  if (after.metadata.managedFields.length === 0) delete after.metadata.managedFields;
  if (changesNothing(before, after)) return before;
  if (options.dryRun) return after;
  const isGone =
    after.metadata.deletionTimestamp !== undefined &&
    (after.metadata.finalizers ?? []).length === 0 &&
    (before.metadata.finalizers ?? []).length > 0 &&
    !(after.metadata.deletionGracePeriodSeconds ?? 0);
  return isGone
    ? api.store.remove(resource.storage, after)
    : api.store.commit(resource.storage, after);
}

function assertCurrent({ resource, name }: Target, before: KubeObject, given: KubeObject): void {
  const version = given.metadata.resourceVersion;
  if (version && version !== before.metadata.resourceVersion) throw staleVersion(resource, name);
}

/** PUT. @throws StatusError NotFound, Conflict (stale version, other uid), Invalid */
export function replace(
  api: ApiState,
  target: Target,
  {
    given,
    subresource,
    ...options
  }: WriteOptions & { given: NewObject; subresource?: Subresource },
): KubeObject {
  const { resource, name } = target;
  assertIdentity(target, given);
  const before = mustGet(api, target);
  const { uid } = given.metadata;
  if (uid && uid !== before.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`;
    throw conflict(resource, name, why);
  }
  if (resource.isCustom && !given.metadata.resourceVersion) {
    const problem = forbiddenValue("metadata.resourceVersion", "");
    const message = "Invalid value: 0: must be specified for an update";
    throw invalid({ ...resource, kind: resource.plural }, name, [
      { ...problem, reason: "FieldValueInvalid", message },
    ]);
  }
  const after = cloneJson(given) as KubeObject;
  return change(api, target, { ...options, before, after, subresource });
}

/** Server-side apply; creates what is not there. @throws StatusError Conflict unless forced */
export function apply(
  api: ApiState,
  target: Target,
  input: WriteOptions & { given: NewObject; force: boolean; subresource?: Subresource },
): { object: KubeObject; created: boolean } {
  const { given, force, subresource, ...options } = input;
  const { resource, name } = target;
  assertIdentity(target, given);
  if ((given.metadata.managedFields ?? []).length > 0) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const before = get(api, target);
  const config = applicable(target, { given, subresource });
  const track = tracking(target, { ...options, subresource, now: api.now() });
  if (before) {
    const result = applyConfiguration({ ...track, live: before, config, force });
    const after = result.object as KubeObject;
    const object = change(api, target, {
      ...options,
      before,
      after,
      subresource,
      managedFields: result.managedFields,
    });
    return { object, created: false };
  }
  if (subresource) throw notFound(resource, name);
  if (given.metadata.uid) {
    const why = `uid mismatch: the provided object specified uid ${given.metadata.uid}, and no existing object was found`;
    throw conflict(resource, name, why);
  }
  const live = { apiVersion: given.apiVersion, kind: given.kind, metadata: {} } as KubeObject;
  const { object, managedFields } = applyConfiguration({ ...track, live, config, force });
  const fresh = prepareNew(api, target, { ...options, given: object as NewObject });
  const created = insert(api, target, {
    ...options,
    object: fresh,
    ownership: () => managedFields,
  });
  return { object: created, created: true };
}

/** The part of an applied configuration that the request may own. */
function applicable(
  { resource, name, namespace }: Target,
  { given, subresource }: { given: NewObject; subresource: Subresource },
): JsonRecord {
  const copy = cloneJson(given) as JsonRecord;
  const metadata: JsonRecord = { ...asRecord(copy["metadata"]), name };
  if (resource.namespaced) metadata["namespace"] = namespace;
  Reflect.deleteProperty(metadata, "managedFields");
  Reflect.deleteProperty(metadata, "creationTimestamp");
  if (subresource === "status") {
    const identity = { apiVersion: copy["apiVersion"], kind: copy["kind"], metadata };
    return copy["status"] === undefined ? identity : { ...identity, status: copy["status"] };
  }
  if (resource.hasStatus) Reflect.deleteProperty(copy, "status");
  return { ...copy, metadata };
}
