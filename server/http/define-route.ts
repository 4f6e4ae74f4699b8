import { z } from "zod";

import { AppError } from "@/server/errors";
import type { ServiceContext } from "@/server/services/context";
import { statusOf, toProblemResponse } from "./problem";
import { parseInput, readJsonBody, readQuery } from "./read-input";
import { requireLocalOrigin } from "./same-origin";

export const methods = ["GET", "POST", "DELETE"] as const;
export type Method = (typeof methods)[number];
/** What a route file exports; Next answers HEAD and OPTIONS by itself. */
const HANDLED = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Handled = (typeof HANDLED)[number];

/** What happened to one request; for the log, the metrics and the audit. */
export type RequestRecord = {
  readonly requestId: string;
  readonly method: string;
  /** The template, never the path itself. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly audit: string | null;
  readonly actor: string | null;
  /** What was thrown, if anything was. */
  readonly error?: unknown;
};

/** The running server, as routes see it. */
export interface RouteHost {
  /** Who asks, and what may be touched. @throws AppError `Unauthorized`, `ServiceUnavailable`. */
  open(request: Request): Promise<ServiceContext>;
  record(record: RequestRecord): void;
}

type Answer = {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly mediaType?: string;
};

/** One method of one resource: everything the wrapper and the OpenAPI document need to know about it. */
export type RouteDefinition<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> = {
  readonly summary: string;
  /** Absent on resources without placeholders. */
  readonly params?: P;
  /** Absent: any query parameter is an error. */
  readonly query?: Q;
  /** Absent: no body is read. */
  readonly body?: B;
  readonly requestHeaders?: z.ZodObject;
  /** The action's name in the audit, on everything that changes something. */
  readonly audit?: string;
  readonly answers: Readonly<Record<number, Answer>>;
  handle(input: {
    readonly ctx: ServiceContext;
    readonly params: z.infer<P>;
    readonly query: z.infer<Q>;
    readonly body: z.infer<B>;
    readonly request: Request;
  }): Promise<Response> | Response;
};

export type Resource<M extends Method = Method> = {
  /** With placeholders, as `/api/v1/namespaces/{namespace}/inferenceservices/{name}`. */
  readonly path: string;
  readonly routes: Readonly<Record<M, RouteDefinition>>;
};

/** A resource of which only the description matters. */
export type AnyResource = {
  readonly path: string;
  readonly routes: Readonly<Partial<Record<Method, RouteDefinition>>>;
};

/** Declares one method with its schemas checked against its handler. */
export function route<
  P extends z.ZodType = z.ZodObject,
  Q extends z.ZodType = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<P, Q, B>): RouteDefinition {
  // `handle` is a method, so the wider type is allowed; the wrapper gives it only what these very schemas parsed.
  return definition;
}

/** Declares the methods of one path. */
export function resource<M extends Method>(
  path: string,
  routes: Record<M, RouteDefinition>,
): Resource<M> {
  return { path, routes };
}

type Handler = (request: Request, args: { params: Promise<unknown> }) => Promise<Response>;

const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/**
 * Turns a resource into Next route handlers, one per method, those it does not have answering 405: check the origin, authenticate, parse, handle, map whatever is thrown,
 * add the security headers, record. Handlers stay free of try/catch.
 */
export function serve(host: RouteHost, { path, routes }: AnyResource): Record<Handled, Handler> {
  const allow = methods.filter((method) => routes[method]).join(", ");
  const entries = HANDLED.map((method) => {
    const definition = methods.includes(method as Method) ? routes[method as Method] : undefined;
    return [method, toHandler({ host, path, method, definition: definition ?? notAllowed(allow) })];
  });
  return Object.fromEntries(entries) as Record<Handled, Handler>; // one entry for each of HANDLED
}

function notAllowed(allow: string): RouteDefinition {
  return {
    summary: "Not a method of this resource",
    query: z.unknown(),
    answers: {},
    handle: () => {
      throw new AppError("MethodNotAllowed", `Only ${allow} is allowed here`);
    },
  };
}

type Wrapped = {
  readonly host: RouteHost;
  readonly definition: RouteDefinition;
  readonly path: string;
  readonly method: string;
};

function toHandler({ host, definition, path, method }: Wrapped): Handler {
  return async (request, args) => {
    const startedMs = performance.now();
    const requestId = requestIdOf(request);
    const outcome = await attempt(request, args, { host, definition });
    const response = outcome.response ?? toProblemResponse(outcome.error, requestId);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    response.headers.set("x-request-id", requestId);
    host.record({
      requestId,
      method,
      route: path,
      status: outcome.response?.status ?? statusOf(outcome.error),
      durationMs: performance.now() - startedMs,
      audit: definition.audit ?? null,
      actor: outcome.actor,
      ...(outcome.response === null && { error: outcome.error }),
    });
    return response;
  };
}

type Outcome = { readonly actor: string | null } & (
  | { readonly response: Response; readonly error?: never }
  | { readonly response: null; readonly error: unknown }
);

async function attempt(
  request: Request,
  args: { params: Promise<unknown> },
  { host, definition }: Pick<Wrapped, "host" | "definition">,
): Promise<Outcome> {
  let actor: string | null = null;
  try {
    requireLocalOrigin(request);
    const ctx = await host.open(request);
    actor = ctx.actor.name;
    const input = await readInput(request, await args.params, definition);
    return { actor, response: await definition.handle({ ctx, request, ...input }) };
  } catch (error) {
    return { actor, response: null, error };
  }
}

const nothing = z.strictObject({});

async function readInput(request: Request, params: unknown, definition: RouteDefinition) {
  return {
    params: definition.params ? parseInput(definition.params, params, "path") : {},
    query: parseInput(definition.query ?? nothing, readQuery(new URL(request.url)), "query"),
    body: definition.body
      ? parseInput(definition.body, await readJsonBody(request), "body")
      : undefined,
  };
}

/** The caller's id when it is harmless in a log line, else a new one. */
function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given !== null && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID();
}
