import type { IncomingMessage } from "node:http";

export type Verb =
  "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** What a request is about. Paths that name no resource have `plural` undefined. */
export interface RequestInfo {
  path: string;
  query: URLSearchParams;
  method: string;
  verb: Verb;
  group: string;
  version: string;
  plural: string | undefined;
  namespace: string | undefined;
  name: string;
  subresource: string;
}

interface PathParts {
  group: string;
  version: string;
  rest: string[];
}

function splitPath(segments: readonly string[]): PathParts | undefined {
  const [root, first, second, ...rest] = segments;
  if (root === "api" && first !== undefined) {
    return { group: "", version: first, rest: second === undefined ? [] : [second, ...rest] };
  }
  if (root === "apis" && first !== undefined && second !== undefined) {
    return { group: first, version: second, rest };
  }
  return undefined;
}

/** A namespace is a resource itself, and a scope when something follows its name. */
function isScope(rest: readonly string[]): boolean {
  if (rest[0] !== "namespaces" || rest.length < 3) return false;
  return rest[2] !== "status" && rest[2] !== "finalize";
}

function verbOf(method: string, named: boolean, query: URLSearchParams): Verb {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return named ? "delete" : "deletecollection";
    default: {
      const watch = query.get("watch");
      if (watch === "true" || watch === "1") return "watch";
      return named ? "get" : "list";
    }
  }
}

interface Named {
  plural: string | undefined;
  namespace: string | undefined;
  name: string;
  subresource: string;
}

function nameParts(rest: readonly string[]): Named {
  const scoped = isScope(rest);
  const [plural, name = "", ...subresource] = scoped ? rest.slice(2) : rest;
  const namespace = scoped ? rest[1] : undefined;
  return { plural, namespace, name, subresource: subresource.join("/") };
}

/** @throws URIError for a path that does not decode */
export function parseRequest(request: IncomingMessage): RequestInfo {
  const url = new URL(request.url ?? "/", "http://sandbox");
  const segments = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const { group, version, rest } = splitPath(segments) ?? { group: "", version: "", rest: [] };
  const named = nameParts(rest);
  const method = request.method ?? "GET";
  return {
    path: url.pathname,
    query: url.searchParams,
    method,
    verb: verbOf(method, named.name !== "", url.searchParams),
    group,
    version,
    ...named,
  };
}

/** `true` and `1` as Go's parser takes them. */
export function isTrue(value: string | null): boolean {
  return value === "true" || value === "1" || value === "True";
}
