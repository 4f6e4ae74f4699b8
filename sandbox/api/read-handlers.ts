import { inNamespace, lowerBound, keyOf, type Snapshot } from "./collection";
import type { Exchange } from "./exchange";
import { sendJson, sendText } from "./exchange";
import { isRecord } from "./json";
import { itemText, objectText } from "./json-text";
import { assertListOptions } from "./list-options";
import type { KubeObject } from "./objects";
import type { Resource } from "./resources";
import { parseFieldSelector, parseLabelSelector, type Predicate } from "./selectors";
import { badRequest, expired, notAcceptable, StatusError } from "./status-error";
import { parseAccept, parseInclude, toPartialMetadata, toTable, type View } from "./table";
import { mustGet } from "./writes";

const EXPIRED_CONTINUE =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

export function viewOf({ request }: Exchange): View {
  const view = parseAccept(request.headers.accept);
  if (!view) throw notAcceptable("application/json, application/yaml");
  return view;
}

export function served(resource: Resource, object: KubeObject): KubeObject {
  return resource.toServed ? resource.toServed(object) : object;
}

/** One object in the form the client asked for. */
export function sendObject(
  exchange: Exchange,
  resource: Resource,
  answer: { object: KubeObject; code?: number },
): void {
  const { response, api, info } = exchange;
  const { object, code = 200 } = answer;
  const view = viewOf(exchange);
  if (view === "object") {
    sendText(response, { code, text: objectText(object) });
    return;
  }
  if (view === "metadata") {
    sendJson(response, code, toPartialMetadata(object));
    return;
  }
  const { resourceVersion } = object.metadata;
  const include = parseInclude(info.query.get("includeObject"));
  const input = { objects: [object], now: api.now(), include, metadata: { resourceVersion } };
  sendJson(response, code, toTable(resource, input));
}

export function handleGet(exchange: Exchange, resource: Resource): void {
  const { api, info } = exchange;
  const target = { resource, namespace: info.namespace, name: info.name };
  sendObject(exchange, resource, { object: served(resource, mustGet(api, target)) });
}

export function selectorOf({ info }: Exchange, resource: Resource): Predicate {
  const labels = parseLabelSelector(info.query.get("labelSelector"));
  const fields = parseFieldSelector(info.query.get("fieldSelector"), resource.id);
  return (object) => labels(object) && fields(object);
}

interface Continue {
  version: number;
  start: string;
}

function encodeContinue(token: Continue): string {
  const body = { v: "meta.k8s.io/v1", rv: token.version, start: token.start };
  return Buffer.from(JSON.stringify(body)).toString("base64url");
}

function decodeContinue(token: string): Continue {
  try {
    const body: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (isRecord(body) && typeof body["rv"] === "number" && typeof body["start"] === "string") {
      return { version: body["rv"], start: body["start"] };
    }
  } catch (error) {
    throw badRequest(`continue key is not valid: ${String(error)}`);
  }
  throw badRequest("continue key is not valid: incorrect encoded start resourceVersion");
}

interface Page {
  snapshot: Snapshot;
  version: number;
  from: number;
}

function tooLarge(wanted: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  const cause = { reason: "ResourceVersionTooLarge", message: "Too large resource version" };
  return new StatusError({
    code: 504,
    reason: "Timeout",
    message,
    details: { causes: [cause], retryAfterSeconds: 1 },
  });
}

function parseVersion(text: string | null): number {
  if (text === null || text === "") return 0;
  const version = Number(text);
  if (Number.isSafeInteger(version) && version >= 0) return version;
  throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint`);
}

function firstPage({ api, info }: Exchange, resource: Resource): Page {
  const version = parseVersion(info.query.get("resourceVersion"));
  const { store } = api;
  if (version > store.version) throw tooLarge(version, store.version);
  if (info.query.get("resourceVersionMatch") === "Exact" && version !== store.version) {
    const snapshot = store.snapshotAt(resource.storage, version);
    if (!snapshot) throw expired(`The resourceVersion for the provided list is too old.`);
    return { snapshot, version, from: 0 };
  }
  return { snapshot: store.snapshot(resource.storage), version: store.version, from: 0 };
}

function laterPage({ api }: Exchange, resource: Resource, token: Continue): Page {
  const { store } = api;
  const goOn = token.version < 0;
  const snapshot = goOn
    ? store.snapshot(resource.storage)
    : store.snapshotAt(resource.storage, token.version);
  if (!snapshot) {
    throw expired(EXPIRED_CONTINUE, encodeContinue({ version: -1, start: token.start }));
  }
  return { snapshot, version: goOn ? store.version : token.version, from: 0 };
}

function openPage(exchange: Exchange, resource: Resource): Page {
  const { info } = exchange;
  const text = info.query.get("continue");
  const token = text ? decodeContinue(text) : undefined;
  if (token && info.query.get("resourceVersion")) {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const page = token ? laterPage(exchange, resource, token) : firstPage(exchange, resource);
  const snapshot = inNamespace(page.snapshot, info.namespace);
  const from = token ? lowerBound(snapshot.keys, token.start) : 0;
  return { ...page, snapshot, from };
}

interface Listed {
  objects: KubeObject[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

function collect(exchange: Exchange, resource: Resource): Listed {
  const { info } = exchange;
  const page = openPage(exchange, resource);
  const matches = selectorOf(exchange, resource);
  const limit = Number(info.query.get("limit") ?? 0) || Number.POSITIVE_INFINITY;
  const objects: KubeObject[] = [];
  const { snapshot } = page;
  let at = page.from;
  for (; at < snapshot.objects.length && objects.length < limit; at += 1) {
    const object = snapshot.objects[at];
    if (!object) continue;
    const form = served(resource, object);
    if (matches(form)) objects.push(form);
  }
  const resourceVersion = String(page.version);
  const next = snapshot.objects[at];
  const rest = next ? onward(exchange, resource, { page, next, at }) : {};
  return { objects, metadata: { resourceVersion, ...rest } };
}

interface Stop {
  page: Page;
  /** The first object of the next page and its place. */
  next: KubeObject;
  at: number;
}

/** How to go on from here, and how many are left where that is known. */
function onward({ api, info }: Exchange, resource: Resource, { page, next, at }: Stop) {
  const start = keyOf(next.metadata.namespace, next.metadata.name);
  if (page.version === api.store.version) {
    api.store.keepSnapshot(resource.storage, api.store.snapshot(resource.storage));
  }
  const isFiltered = info.query.get("labelSelector") ?? info.query.get("fieldSelector");
  return {
    continue: encodeContinue({ version: page.version, start }),
    ...(isFiltered ? {} : { remainingItemCount: page.snapshot.objects.length - at }),
  };
}

function sendList(exchange: Exchange, resource: Resource, { objects, metadata }: Listed): void {
  const items = objects.map((object) => itemText(resource, object)).join(",");
  const head = `{"kind":${JSON.stringify(resource.listKind)},"apiVersion":${JSON.stringify(resource.apiVersion)}`;
  const text = `${head},"metadata":${JSON.stringify(metadata)},"items":[${items}]}`;
  sendText(exchange.response, { code: 200, text });
}

export function handleList(exchange: Exchange, resource: Resource): void {
  const { api, info, response } = exchange;
  assertListOptions(info.query);
  const view = viewOf(exchange);
  const listed = collect(exchange, resource);
  const { objects, metadata } = listed;
  if (view === "object") {
    sendList(exchange, resource, listed);
  } else if (view === "table") {
    const include = parseInclude(info.query.get("includeObject"));
    sendJson(response, 200, toTable(resource, { objects, metadata, include, now: api.now() }));
  } else {
    const items = objects.map(toPartialMetadata);
    const kind = "PartialObjectMetadataList";
    sendJson(response, 200, { kind, apiVersion: "meta.k8s.io/v1", metadata, items });
  }
}
