import { describe, expect, it } from "vitest";
import { z } from "zod";

import { AppError } from "@/server/errors";
import type { ServiceContext } from "@/server/services/context";
import { type RequestRecord, resource, route, serve } from "./define-route";

const ctx = { actor: { name: "ada", groups: [] } } as unknown as ServiceContext; // the wrapper reads only the actor

const echo = resource("/api/v1/things/{name}", {
  GET: route({
    summary: "Echo",
    params: z.strictObject({ name: z.string().max(5) }),
    query: z.strictObject({ limit: z.string().optional() }),
    answers: { 200: { description: "What was asked" } },
    handle: ({ params, query }) => Response.json({ params, query }),
  }),
  POST: route({
    summary: "Fail as the body says",
    body: z.strictObject({ reason: z.enum(["Conflict", "bug"]) }),
    audit: "things.fail",
    answers: { 200: { description: "Never" } },
    handle: ({ body }) => {
      if (body.reason === "Conflict") throw new AppError("Conflict", "somebody was faster");
      throw new Error("hunter2");
    },
  }),
});

type Sent = {
  path?: string;
  name?: string;
  method?: "GET" | "POST" | "DELETE";
  body?: string;
  headers?: Record<string, string>;
};

async function send({ path = "/", name = "a", method = "GET", body, headers }: Sent) {
  const records: RequestRecord[] = [];
  const host = { open: async () => ctx, record: (record: RequestRecord) => records.push(record) };
  const request = new Request(`http://localhost:3000${path}`, {
    method,
    headers: {
      host: "localhost:3000",
      ...(body && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const response = await serve(host, echo)[method](request, { params: Promise.resolve({ name }) });
  const text = await response.text();
  return { response, text, json: JSON.parse(text) as Record<string, unknown>, record: records[0]! };
}

describe("defineRoute", () => {
  it("gives the handler what the schemas parsed and forbids caching and sniffing", async () => {
    const { response, json } = await send({ path: "/?limit=3" });

    expect(json).toEqual({ params: { name: "a" }, query: { limit: "3" } });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it.each<[string, Sent, number, string, string | undefined]>([
    ["an unknown parameter", { path: "/?limti=3" }, 422, "Invalid", "#/query/limti"],
    ["a repeated parameter", { path: "/?limit=3&limit=4" }, 422, "Invalid", "#/query/limit"],
    ["a wrong path segment", { name: "too-long" }, 422, "Invalid", "#/path/name"],
    [
      "an unknown field",
      { method: "POST", body: '{"reason":"bug","x/y":1}' },
      422,
      "Invalid",
      "#/body/x~1y",
    ],
    ["malformed JSON", { method: "POST", body: "{" }, 400, "BadRequest", undefined],
    [
      "a form",
      { method: "POST", body: "a=b", headers: { "content-type": "text/plain" } },
      415,
      "UnsupportedMediaType",
      undefined,
    ],
    [
      "a huge body",
      { method: "POST", body: `"${"x".repeat(1_100_000)}"` },
      413,
      "RequestEntityTooLarge",
      undefined,
    ],
    [
      "an expected failure",
      { method: "POST", body: '{"reason":"Conflict"}' },
      409,
      "Conflict",
      undefined,
    ],
  ])("answers %s with a problem document", async (_case, sent, status, code, pointer) => {
    const { response, json } = await send(sent);

    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(json).toMatchObject({
      status,
      code,
      type: `/problems/${code}`,
      requestId: response.headers.get("x-request-id"),
      ...(pointer !== undefined && { errors: [{ pointer }] }),
    });
  });

  it("answers a method that the resource does not have with what it has", async () => {
    const { response, json } = await send({ method: "DELETE" });

    expect(response.status).toBe(405);
    expect(json).toMatchObject({
      code: "MethodNotAllowed",
      detail: "Only GET, POST is allowed here",
    });
  });

  it("never shows an unexpected error, but records it under the request's id", async () => {
    const { response, text, record } = await send({ method: "POST", body: '{"reason":"bug"}' });

    expect(response.status).toBe(500);
    expect(text).not.toContain("hunter2");
    expect(record).toMatchObject({
      requestId: response.headers.get("x-request-id"),
      status: 500,
      route: "/api/v1/things/{name}",
      audit: "things.fail",
      actor: "ada",
      error: new Error("hunter2"),
    });
  });

  it("keeps a harmless request id of the caller's and replaces any other", async () => {
    const kept = await send({ headers: { "x-request-id": "ci-42" } });
    const replaced = await send({ headers: { "x-request-id": "a b\u00e9" } });

    expect(kept.response.headers.get("x-request-id")).toBe("ci-42");
    expect(replaced.response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<[string, Record<string, string>]>([
    ["a name that is not this machine's", { host: "mooring.example:3000" }],
    ["a name that only begins like it", { host: "localhost.example" }],
    ["no name", { host: "" }],
    ["a page of another origin", { origin: "http://localhost:8080" }],
    ["a page without an origin", { origin: "null" }],
    ["another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["another port of this machine", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }],
  ])("refuses %s", async (_case, headers) => {
    expect((await send({ headers })).response.status).toBe(403);
  });

  it.each<[string, Record<string, string>]>([
    ["its own page", { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }],
    [
      "an address typed or followed",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    ],
    ["IPv6 loopback", { host: "[::1]:3000" }],
  ])("answers %s", async (_case, headers) => {
    expect((await send({ headers })).response.status).toBe(200);
  });
});
