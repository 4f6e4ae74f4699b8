import { apply, untypedPatch } from "./apply-object";
import { remove, type DeleteOptions } from "./deletion";
import { contentType, readBody, sendJson, sendText, type Exchange } from "./exchange";
import { asArray, asRecord, asText, isRecord, type JsonRecord } from "./json";
import { itemText } from "./json-text";
import { forbiddenValue, requiredValue } from "./metadata-validation";
import type { KubeObject, NewObject } from "./objects";
import { APPLY_PATCH, patchObject } from "./patch-object";
import { selectorOf, sendObject, served } from "./read-handlers";
import type { UnknownField } from "./unknown-fields";
import { isTrue } from "./request-info";
import type { Resource } from "./resources";
import type { StatusError } from "./status-error";
import { badRequest, invalid, methodNotAllowed } from "./status-error";
import { create, mustGet, replace, type Target, type WriteOptions } from "./writes";
import type { Subresource } from "./write-scope";

/** The name of the program: the field manager of those who give none. */
function agentOf({ request }: Exchange): string {
  return (request.headers["user-agent"] ?? "").split("/")[0]?.trim() ?? "";
}

type OnUnknown = (fields: UnknownField[]) => void;

function unknownText(paths: readonly string[]): string {
  return paths.map((path) => `unknown field ${JSON.stringify(path)}`).join(", ");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** What becomes of fields the schema does not know: refused, or dropped with or without a warning. */
function fieldValidation(exchange: Exchange, refuse: (paths: string[]) => StatusError): OnUnknown {
  return (fields) => {
    const paths = fields.map(({ path }) => path);
    const wanted = exchange.info.query.get("fieldValidation") ?? "Warn";
    if (wanted === "Strict") throw refuse(paths);
    if (wanted !== "Warn") return;
    const warnings = paths.map(
      (path) => `299 - ${quoted(`unknown field ${JSON.stringify(path)}`)}`,
    );
    exchange.response.setHeader("Warning", warnings);
  };
}

function isDryRun({ info }: Exchange): boolean {
  const values = info.query.getAll("dryRun").filter(Boolean);
  if (values.some((value) => value !== "All")) {
    const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`;
    const problem = { reason: "FieldValueNotSupported" as const, field: "dryRun", message };
    throw invalid({ group: "meta.k8s.io", plural: "", kind: "CreateOptions" }, "", [problem]);
  }
  return values.length > 0;
}

function writeOptions(exchange: Exchange, onUnknown: OnUnknown): WriteOptions {
  return {
    manager: exchange.info.query.get("fieldManager") ?? agentOf(exchange),
    dryRun: isDryRun(exchange),
    onUnknownFields: onUnknown,
  };
}

function asObject(resource: Resource, body: unknown): NewObject {
  if (!isRecord(body)) throw badRequest("the body of the request is not an object");
  const object: JsonRecord = { apiVersion: resource.apiVersion, kind: resource.kind, ...body };
  if (!isRecord(object["metadata"])) object["metadata"] = {};
  const typed = object as NewObject;
  return resource.toStored ? resource.toStored(typed as KubeObject) : typed;
}

/** The kind whose form is stored; only events have two. */
export function storedTarget({ api, info }: Exchange, resource: Resource): Target {
  const stored = api.registry.byId(resource.storage) ?? resource;
  const namespace = resource.namespaced ? info.namespace : undefined;
  return { resource: stored, namespace, name: info.name };
}

function strictDecoding({ kind, version }: Resource): (paths: string[]) => StatusError {
  return (paths) =>
    badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${unknownText(paths)}`,
    );
}

export async function handleCreate(exchange: Exchange, resource: Resource): Promise<void> {
  if (exchange.info.name !== "") throw methodNotAllowed();
  const given = asObject(resource, await readBody(exchange.request));
  const target = storedTarget(exchange, resource);
  const options = writeOptions(exchange, fieldValidation(exchange, strictDecoding(resource)));
  const object = create(
    exchange.api,
    { ...target, name: asText(given.metadata.name) },
    { ...options, given },
  );
  sendObject(exchange, resource, { object: served(resource, object), code: 201 });
}

export async function handleUpdate(
  exchange: Exchange,
  resource: Resource,
  subresource: Subresource,
): Promise<void> {
  const given = asObject(resource, await readBody(exchange.request));
  const options = writeOptions(exchange, fieldValidation(exchange, strictDecoding(resource)));
  const target = storedTarget(exchange, resource);
  const object = replace(exchange.api, target, { ...options, given, subresource });
  sendObject(exchange, resource, { object: served(resource, object) });
}

function patchRefusal(body: unknown): (paths: string[]) => StatusError {
  return (paths) => {
    const why = `strict decoding error: ${unknownText(paths)}`;
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${why}`;
    const problem = { reason: "FieldValueInvalid" as const, field: "patch", message };
    return invalid({ group: "", plural: "", kind: "" }, "", [problem]);
  };
}

/** An applied configuration is typed by the schema whatever validation was asked for; below open parts it is untyped. */
function applyRefusal(target: Target): OnUnknown {
  return (unknown) => {
    const paths = unknown.filter(({ isBelowOpen }) => !isBelowOpen).map(({ path }) => path);
    if (paths.length === 0) return;
    const fields = paths.map((path) => `.${path}: field not declared in schema`);
    throw untypedPatch(target, fields);
  };
}

/** @throws StatusError Invalid for options that do not go with the kind of patch */
export function assertPatchOptions({ info }: Exchange, isApply: boolean): void {
  const problems = [];
  if (isApply && !info.query.get("fieldManager")) {
    problems.push(requiredValue("fieldManager", "is required for apply patch"));
  }
  if (!isApply && info.query.get("force") !== null) {
    problems.push(forbiddenValue("force", "may not be specified for non-apply patch"));
  }
  if (problems.length === 0) return;
  throw invalid({ group: "meta.k8s.io", plural: "", kind: "PatchOptions" }, "", problems);
}

export async function handlePatch(
  exchange: Exchange,
  resource: Resource,
  subresource: Subresource,
): Promise<void> {
  const type = contentType(exchange.request);
  const isApply = type === APPLY_PATCH;
  assertPatchOptions(exchange, isApply);
  const body = await readBody(exchange.request);
  const target = storedTarget(exchange, resource);
  if (isApply) {
    const given = asObject(resource, body);
    const options = writeOptions(exchange, applyRefusal(target));
    const force = isTrue(exchange.info.query.get("force"));
    const { object, created } = apply(exchange.api, target, {
      ...options,
      given,
      force,
      subresource,
    });
    const code = created ? 201 : 200;
    sendObject(exchange, resource, { object: served(resource, object), code });
    return;
  }
  const options = writeOptions(exchange, fieldValidation(exchange, patchRefusal(body)));
  const patch = { type, body };
  const object = patchObject(exchange.api, target, { ...options, patch, subresource });
  sendObject(exchange, resource, { object: served(resource, object) });
}

const POLICIES = ["Foreground", "Background", "Orphan"];

function assertPolicy(policy: string): void {
  if (policy === "" || POLICIES.includes(policy)) return;
  const supported = [...POLICIES, "nil"].map((name) => JSON.stringify(name)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
  const problem = {
    reason: "FieldValueNotSupported" as const,
    field: "propagationPolicy",
    message,
  };
  throw invalid({ group: "meta.k8s.io", plural: "", kind: "DeleteOptions" }, "", [problem]);
}

function deleteOptions(exchange: Exchange, body: unknown): DeleteOptions {
  const { query } = exchange.info;
  const given = asRecord(body);
  const preconditions = asRecord(given["preconditions"]);
  const grace = given["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds");
  const orphan = given["orphanDependents"] ?? query.get("orphanDependents");
  const policy =
    asText(given["propagationPolicy"] ?? query.get("propagationPolicy")) ||
    (isTrue(asText(orphan)) ? "Orphan" : "");
  assertPolicy(policy);
  return {
    dryRun: isDryRun(exchange) || asArray(given["dryRun"]).includes("All"),
    uid: asText(preconditions["uid"]),
    resourceVersion: asText(preconditions["resourceVersion"]),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === "" ? {} : { propagationPolicy: policy }),
  };
}

/** Kinds whose deletion answers with the object; all others answer with a Status. */
const ANSWER_WITH_OBJECT = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "persistentvolumeclaims",
  "persistentvolumes",
]);

export async function handleDelete(exchange: Exchange, resource: Resource): Promise<void> {
  const options = deleteOptions(exchange, await readBody(exchange.request));
  const target = storedTarget(exchange, resource);
  const { object, removed } = remove(exchange.api, target, options);
  if (!removed || ANSWER_WITH_OBJECT.has(resource.id)) {
    sendObject(exchange, resource, { object: served(resource, object) });
    return;
  }
  const { name, uid } = object.metadata;
  const group = resource.group === "" ? {} : { group: resource.group };
  sendJson(exchange.response, 200, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, ...group, kind: resource.plural, uid },
  });
}

export async function handleDeleteCollection(
  exchange: Exchange,
  resource: Resource,
): Promise<void> {
  const options = deleteOptions(exchange, await readBody(exchange.request));
  const { api, info } = exchange;
  const matches = selectorOf(exchange, resource);
  const target = storedTarget(exchange, resource);
  const deleted: KubeObject[] = [];
  for (const object of api.store.snapshot(resource.storage).objects) {
    const { namespace, name } = object.metadata;
    const isInside = info.namespace === undefined || namespace === info.namespace;
    if (!isInside || !matches(served(resource, object))) continue;
    deleted.push(remove(api, { ...target, namespace, name }, options).object);
  }
  const items = deleted.map((object) => itemText(resource, served(resource, object))).join(",");
  const metadata = JSON.stringify({ resourceVersion: String(api.store.version) });
  const text = `{"kind":"${resource.listKind}","apiVersion":"${resource.apiVersion}","metadata":${metadata},"items":[${items}]}`;
  sendText(exchange.response, { code: 200, text });
}

export function currentObject(exchange: Exchange, resource: Resource): KubeObject {
  return mustGet(exchange.api, storedTarget(exchange, resource));
}

export function managerOf(exchange: Exchange): string {
  return exchange.info.query.get("fieldManager") ?? agentOf(exchange);
}
