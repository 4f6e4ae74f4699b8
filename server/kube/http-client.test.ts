import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createKubeHttp, type KubeHttp } from "./http-client";

let server: Server;
let http: KubeHttp;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const seen: IncomingMessage[] = [];

function configOf(port: number, token = "secret"): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${port}/base`, skipTLSVerify: true },
    { name: "u", token },
  );
  return config;
}

beforeEach(async () => {
  seen.length = 0;
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  http = createKubeHttp({ config: configOf(port), userAgent: "mooring/test" });
});
afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const failure = async (call: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
};

describe("KubeHttp", () => {
  it("sends credentials, user agent and query below the server's own path", async () => {
    answer = (_request, response) => response.end('{"ok":true}');
    const body = await http.json({
      path: "/api/v1/pods",
      query: { limit: 5, continue: undefined },
    });

    expect(body).toEqual({ ok: true });
    expect(seen[0]).toMatchObject({
      url: "/base/api/v1/pods?limit=5",
      headers: { authorization: "Bearer secret", "user-agent": "mooring/test" },
    });
  });

  it("translates a Status", async () => {
    answer = (_request, response) => {
      response.statusCode = 403;
      response.end('{"kind":"Status","reason":"Forbidden","message":"not yours","code":403}');
    };
    const error = await failure(http.json({ path: "/x" }));
    expect(error).toMatchObject({ reason: "Forbidden", message: "not yours" });
  });

  it("calls what is not JSON, and a broken connection, unavailable", async () => {
    answer = (_request, response) => response.end("<html>");
    expect(await failure(http.json({ path: "/x" }))).toMatchObject({
      reason: "ServiceUnavailable",
    });

    answer = (request) => request.socket.destroy();
    expect(await failure(http.json({ path: "/x" }))).toMatchObject({
      reason: "ServiceUnavailable",
    });
  });

  it("says that nobody answers, with the cause", async () => {
    const nobody = createKubeHttp({ config: configOf(1), userAgent: "mooring/test" });
    const error = await failure(nobody.json({ path: "/x" }));
    expect(error.reason).toBe("ServiceUnavailable");
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.cause).toBeDefined();
    await nobody.close();
  });

  it("streams chunks as they come, and fails when the connection breaks", async () => {
    answer = (_request, response) => {
      response.write("one");
      response.flushHeaders();
    };
    const chunks = (await http.stream({ path: "/x" }))[Symbol.asyncIterator]();
    const first = await chunks.next();
    expect(new TextDecoder().decode(first.value as Uint8Array)).toBe("one");

    server.closeAllConnections();
    expect(await failure(chunks.next())).toMatchObject({ reason: "ServiceUnavailable" });
  });

  it("leaves an abort what it is", async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    await expect(http.json({ path: "/x", signal: abort.signal })).rejects.not.toBeInstanceOf(
      AppError,
    );
  });

  it("reads the credentials anew for each request", async () => {
    answer = (_request, response) => response.end("{}");
    const { port } = server.address() as AddressInfo;
    const config = configOf(port, "first");
    const rotating = createKubeHttp({ config, userAgent: "mooring/test" });
    await rotating.json({ path: "/x" });
    config.users = [{ name: "u", token: "second" }];
    await rotating.json({ path: "/x" });

    expect(seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer first",
      "Bearer second",
    ]);
    await rotating.close();
  });
});
