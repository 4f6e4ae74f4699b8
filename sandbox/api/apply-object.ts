import { asRecord, cloneJson, type JsonRecord } from "./json";
import { applyConfiguration } from "./managed-fields";
import type { KubeObject, NewObject } from "./objects";
import { badRequest, conflict, notFound, StatusError } from "./status-error";
import { duplicateItems } from "./typed-duplicates";
import type { Subresource } from "./write-scope";
import {
  assertIdentity,
  change,
  get,
  insert,
  prepareNew,
  tracking,
  type ApiState,
  type Target,
  type WriteOptions,
} from "./writes";

export interface Application extends WriteOptions {
  given: NewObject;
  force: boolean;
  subresource?: Subresource;
}

/** The refusal of a configuration that does not fit the kind's types. */
export function untypedPatch({ resource, namespace, name }: Target, faults: string[]): StatusError {
  const where = namespace === undefined ? `/${name}` : `${namespace}/${name}`;
  const text = faults.length === 1 ? faults.join("") : `errors:\n${faults.join("\n")}`;
  return new StatusError({
    code: 500,
    reason: "",
    message: `failed to create typed patch object (${where}; ${resource.apiVersion}, Kind=${resource.kind}): ${text}`,
  });
}

/** Server-side apply; creates what is not there. @throws StatusError Conflict unless forced */
export function apply(
  api: ApiState,
  target: Target,
  input: Application,
): { object: KubeObject; created: boolean } {
  assertIdentity(target, input.given);
  if ((input.given.metadata.managedFields ?? []).length > 0) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const twice = duplicateItems(target.resource.schema, input.given);
  if (twice.length > 0) throw untypedPatch(target, twice);
  const before = get(api, target);
  return before
    ? { object: applyTo(api, target, { ...input, before }), created: false }
    : { object: applyNew(api, target, input), created: true };
}

function applyTo(
  api: ApiState,
  target: Target,
  { before, ...input }: Application & { before: KubeObject },
): KubeObject {
  const track = tracking(target, { ...input, now: api.now() });
  const config = applicable(target, input);
  const result = applyConfiguration({ ...track, live: before, config, force: input.force });
  const { managedFields } = result;
  return change(api, target, {
    ...input,
    before,
    after: result.object as KubeObject,
    managedFields,
  });
}

function applyNew(api: ApiState, target: Target, input: Application): KubeObject {
  const { resource, name } = target;
  const { given, force } = input;
  if (input.subresource) throw notFound(resource, name);
  if (given.metadata.uid) {
    const why = `uid mismatch: the provided object specified uid ${given.metadata.uid}, and no existing object was found`;
    throw conflict(resource, name, why);
  }
  const track = tracking(target, { ...input, now: api.now() });
  const config = applicable(target, input);
  const live = { apiVersion: given.apiVersion, kind: given.kind, metadata: {} } as KubeObject;
  const { object, managedFields } = applyConfiguration({ ...track, live, config, force });
  const fresh = prepareNew(api, target, { ...input, given: object as NewObject });
  return insert(api, target, { ...input, object: fresh, ownership: () => managedFields });
}

/** The part of an applied configuration that the request may own. */
function applicable(
  { resource, name, namespace }: Target,
  { given, subresource }: Application,
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
