import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Certificate } from "./certificate";
import type { Api } from "./create-api";
import { discover } from "./discovery";
import { readBody, sendJson, sendStatus, sendText, type Exchange } from "./exchange";
import type { Faults } from "./faults";
import type { Tokens } from "./identity";
import { handleLog } from "./log-handler";
import { openApiText } from "./openapi";
import { assertAllowed } from "./rbac";
import { handleGet, handleList } from "./read-handlers";
import { parseRequest, type RequestInfo, type Verb } from "./request-info";
import type { Resource } from "./resources";
import { handleReview, isSelfReview, REVIEW_KINDS } from "./review-handlers";
import { handleScale } from "./scale-handler";
import { internalError, methodNotAllowed, pathNotFound, StatusError } from "./status-error";
import { handleWatch, type OpenWatches } from "./watch-handler";
import {
  currentObject,
  handleCreate,
  handleDelete,
  handleDeleteCollection,
  handlePatch,
  handleUpdate,
} from "./write-handlers";

export interface HttpOptions {
  api: Api;
  tokens: Tokens;
  faults: Faults;
  watches: OpenWatches;
  certificate: Certificate;
  log: (line: string) => void;
}

const OPEN_PATHS = new Set(["/healthz", "/livez", "/readyz"]);

function answerPath({ api, info, request, response }: Exchange): void {
  const found = discover(api.registry, info.path, request.headers.accept ?? "");
  if (found) {
    const type = found.type ?? "application/json";
    sendText(response, { code: 200, text: JSON.stringify(found.body), type });
    return;
  }
  const openApi = openApiText(api.registry, info.path);
  if (openApi === undefined) throw pathNotFound();
  sendText(response, { code: 200, text: openApi });
}

/** A list of one object by its name may be allowed by that name. */
function nameAskedFor({ name, query }: RequestInfo): string {
  return (
    name || (/(?:^|,)metadata\.name==?([^,]+)/.exec(query.get("fieldSelector") ?? "")?.[1] ?? "")
  );
}

function assertMayDo({ api, info, user }: Exchange): void {
  if (isSelfReview(info.plural)) return;
  const { verb, group, namespace, subresource, plural = "" } = info;
  const resource = subresource === "" ? plural : `${plural}/${subresource}`;
  assertAllowed(api, user, { verb, group, resource, name: nameAskedFor(info), namespace });
}

async function issueAccountToken(
  exchange: Exchange,
  resource: Resource,
  tokens: Tokens,
): Promise<void> {
  await readBody(exchange.request);
  const { namespace = "", name } = currentObject(exchange, resource).metadata;
  const token = tokens.issue({
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: [],
  });
  const hour = 3_600_000;
  sendJson(exchange.response, 201, {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace },
    spec: { audiences: [], expirationSeconds: 3600 },
    status: { token, expirationTimestamp: new Date(Date.now() + hour).toISOString() },
  });
}

async function answerSubresource(
  exchange: Exchange,
  resource: Resource,
  options: HttpOptions,
): Promise<void> {
  const { info } = exchange;
  const path = `${resource.plural}/${info.subresource}`;
  if (path === "pods/log") {
    handleLog(exchange, resource);
    return;
  }
  if (path === "serviceaccounts/token") {
    return issueAccountToken(exchange, resource, options.tokens);
  }
  if (info.subresource === "scale" && resource.scale) return handleScale(exchange, resource);
  if (info.subresource !== "status" || !resource.hasStatus) throw pathNotFound();
  if (info.verb === "get") {
    handleGet(exchange, resource);
    return;
  }
  if (info.verb === "update") return handleUpdate(exchange, resource, "status");
  if (info.verb === "patch") return handlePatch(exchange, resource, "status");
  throw methodNotAllowed();
}

type Handler = (
  exchange: Exchange,
  resource: Resource,
  options: HttpOptions,
) => Promise<void> | void;

const HANDLERS: Readonly<Record<Verb, Handler>> = {
  get: handleGet,
  list: handleList,
  watch: (exchange, resource, { watches }) => handleWatch(exchange, resource, watches),
  create: handleCreate,
  update: (exchange, resource) => handleUpdate(exchange, resource, undefined),
  patch: (exchange, resource) => handlePatch(exchange, resource, undefined),
  delete: handleDelete,
  deletecollection: handleDeleteCollection,
};

function answerResource(
  exchange: Exchange,
  resource: Resource,
  options: HttpOptions,
): Promise<void> | void {
  const { info } = exchange;
  if (!resource.namespaced && info.namespace !== undefined) throw pathNotFound();
  if (info.subresource !== "") return answerSubresource(exchange, resource, options);
  const needsName = info.verb === "update" || info.verb === "patch";
  if (needsName && info.name === "") throw methodNotAllowed();
  return HANDLERS[info.verb](exchange, resource, options);
}

async function answer(exchange: Exchange, options: HttpOptions): Promise<void> {
  const { info, api } = exchange;
  if (info.plural === undefined) {
    answerPath(exchange);
    return;
  }
  const review = REVIEW_KINDS.find(
    ({ group, plural }) => group === info.group && plural === info.plural,
  );
  const resource = api.registry.find(info.group, info.version, info.plural);
  if (!review && !resource) throw pathNotFound();
  assertMayDo(exchange);
  if (review) await handleReview(exchange, review, options.tokens);
  else if (resource) await answerResource(exchange, resource, options);
}

function parse(request: IncomingMessage): RequestInfo {
  try {
    return parseRequest(request);
  } catch {
    throw pathNotFound(); // a path that does not decode names nothing
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  const info = parse(request);
  if (OPEN_PATHS.has(info.path)) {
    sendText(response, { code: 200, text: "ok", type: "text/plain" });
    return;
  }
  const user = options.tokens.authenticate(request);
  if (options.faults.delayMs > 0) {
    await new Promise((resolve) => setTimeout(resolve, options.faults.delayMs));
  }
  options.faults.admit(info);
  await answer({ api: options.api, info, user, request, response }, options);
}

function fail(response: ServerResponse, error: unknown, log: (line: string) => void): void {
  if (!(error instanceof StatusError)) {
    log(`sandbox API: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  const { status } = error instanceof StatusError ? error : internalError(error);
  if (response.headersSent) response.destroy();
  else sendStatus(response, status);
}

/** The API over HTTPS. It does not listen yet. */
export function createHttpServer(options: HttpOptions): Server {
  const server = createServer(options.certificate, (request, response) => {
    serve(request, response, options).catch((error: unknown) => fail(response, error, options.log));
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  return server;
}
