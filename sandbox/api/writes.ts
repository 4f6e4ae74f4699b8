import { admit } from "./admission/admit";
import { asRecord, cloneJson, omit, type JsonRecord } from "./json";
import { changesNothing, trackUpdate, type FieldTracking } from "./managed-fields";
import {
  forbiddenValue,
  metadataChangeProblems,
  metadataProblems,
  nameRuleOf,
  unqualifiedFinalizers,
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
import { pruneUnknown, type UnknownField } from "./unknown-fields";
import { countGeneration, withinScope, type Subresource } from "./write-scope";

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
  onUnknownFields?: (fields: UnknownField[]) => void;
}

export interface Target {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

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

export function tracking(
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
    ...(resource.isCustom ? [] : unqualifiedFinalizers(object)),
    ...(before ? metadataChangeProblems(object, before) : []),
    ...(resource.rules.validate?.(object, before) ?? []),
  ];
  if (problems.length > 0) throw invalid(resource, object.metadata.name, problems);
}

export function assertIdentity({ resource, namespace, name }: Target, object: NewObject): void {
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

function newMetadata(api: ApiState, target: Target, options: NewOptions): KubeObject["metadata"] {
  const { resource, namespace } = target;
  const { metadata } = cloneJson(options.given);
  const generated = metadata.generateName ? `${metadata.generateName}${api.newSuffix()}` : "";
  const dropped = ["deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"] as const;
  return {
    ...omit(metadata, ...dropped, "namespace", "generation"),
    name: metadata.name || generated,
    uid: api.newUid(),
    creationTimestamp: options.creationTimestamp ?? api.now(),
    ...(resource.namespaced && namespace !== undefined ? { namespace } : {}),
    ...(resource.hasGeneration ? { generation: 1 } : {}),
  } as KubeObject["metadata"];
}

type NewOptions = WriteOptions & { given: NewObject };

/** The object with a fresh identity and, unless it is to be kept, without a status. */
export function prepareNew(api: ApiState, target: Target, options: NewOptions): KubeObject {
  const { resource } = target;
  const object = { ...cloneJson(options.given), metadata: newMetadata(api, target, options) };
  const keeps = !resource.hasStatus || options.keepStatus || resource.id === "nodes";
  if (!keeps) delete object.status;
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

export interface Insertion extends WriteOptions {
  object: KubeObject;
  ownership: (object: KubeObject) => ManagedFieldsEntry[];
}

export function insert(
  api: ApiState,
  target: Target,
  { object, ownership, ...options }: Insertion,
) {
  const { resource } = target;
  const { name } = object.metadata;
  assertNamespaceTakesObjects(api, { ...target, name });
  decode(resource, object, options);
  resource.rules.setDefaults?.(object, undefined);
  setInitialStatus(resource, object);
  admit({ store: api.store, resource, object });
  validate(target, object, undefined);
  if (get(api, { ...target, name })) throw alreadyExists(resource, name);
  object.metadata.managedFields = ownership(omit(object, "status") as KubeObject);
  if (options.dryRun) return object;
  return api.store.commit(resource.storage, object);
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
  const { before, ...options } = input;
  const { resource } = target;
  const given = cloneJson(input.after);
  assertCurrent(target, before, given);
  const after = withinScope(resource, before, { after: given, subresource: input.subresource });
  decode(resource, after, options);
  resource.rules.setDefaults?.(after, before);
  validate(target, after, before);
  if (input.subresource !== "status") countGeneration(resource, before, after);
  setOwnership(after, input.managedFields ?? track(api, target, { ...options, before, after }));
  if (changesNothing(before, after)) return before;
  if (options.dryRun) return after;
  return losesLastFinalizer(before, after)
    ? api.store.remove(resource.storage, after)
    : api.store.commit(resource.storage, after);
}

function track(api: ApiState, target: Target, input: Change): ManagedFieldsEntry[] {
  return trackUpdate(input.before, input.after, tracking(target, { ...input, now: api.now() }));
}

function setOwnership({ metadata }: KubeObject, entries: ManagedFieldsEntry[]): void {
  if (entries.length > 0) metadata.managedFields = entries;
  else delete metadata.managedFields;
}

/** What is being deleted goes when nothing holds it any more; a pod's grace period still does. */
function losesLastFinalizer(before: KubeObject, { metadata }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  const held = (before.metadata.finalizers ?? []).length > 0;
  const holds = (metadata.finalizers ?? []).length > 0;
  return held && !holds && !metadata.deletionGracePeriodSeconds;
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
