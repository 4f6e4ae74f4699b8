import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Api } from "./create-api";
import { readBody, sendJson } from "./exchange";
import type { FailNext, Faults } from "./faults";
import type { Tokens } from "./identity";
import { asArray, asRecord, asText, isRecord, type JsonRecord } from "./json";
import { internalError, StatusError } from "./status-error";
import type { OpenWatches } from "./watch-handler";

export interface AdminOptions {
  api: Api;
  tokens: Tokens;
  faults: Faults;
  watches: OpenWatches;
}

function toFailNext(value: JsonRecord): FailNext {
  return {
    status: Number(value["status"] ?? 500),
    count: Number(value["count"] ?? 1),
    ...(typeof value["verb"] === "string" ? { verb: value["verb"] } : {}),
    ...(typeof value["resource"] === "string" ? { resource: value["resource"] } : {}),
    ...(typeof value["retryAfter"] === "number" ? { retryAfter: value["retryAfter"] } : {}),
  };
}

/** Sets the faults a body names, in the order: reset, errors, delay, history, token, watches. */
function setFaults({ api, tokens, faults, watches }: AdminOptions, body: JsonRecord): void {
  if (body["reset"] === true) {
    faults.reset();
    tokens.restoreAll();
  }
  const failing = body["failNext"];
  for (const next of Array.isArray(failing) ? failing : [failing]) {
    if (isRecord(next)) faults.fail(toFailNext(next));
  }
  if (typeof body["delayMs"] === "number") faults.delayMs = body["delayMs"];
  if (body["compact"] === true) api.store.compact();
  if (typeof body["expireToken"] === "string") tokens.expire(body["expireToken"]);
  if (body["dropWatches"] === true) watches.dropAll();
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminOptions,
): Promise<void> {
  const { faults, tokens, watches, api } = options;
  const call = `${request.method ?? "GET"} ${request.url ?? "/"}`;
  switch (call) {
    case "GET /healthz": {
      sendJson(response, 200, { status: "ok", resourceVersion: String(api.store.version) });
      return;
    }
    case "GET /requests": {
      sendJson(response, 200, { counts: faults.counts(), watches: watches.size });
      return;
    }
    case "DELETE /requests":
      faults.clearCounts();
      {
        sendJson(response, 200, {});
        return;
      }
    case "POST /faults":
      setFaults(options, asRecord(await readBody(request)));
      {
        sendJson(response, 200, {});
        return;
      }
    case "POST /tokens": {
      const body = asRecord(await readBody(request));
      const groups = asArray(body["groups"]).map(asText);
      sendJson(response, 201, {
        token: tokens.issue({ username: asText(body["user"]), groups }),
      });
      return;
    }
    default: {
      sendJson(response, 404, { message: `no such call: ${call}` });
      return;
    }
  }
}

/** The second port: faults, tokens and counters for tests. Nothing the app talks to. */
export function createAdminServer(options: AdminOptions): Server {
  return createServer((request, response) => {
    serve(request, response, options).catch((error: unknown) => {
      const { status } = error instanceof StatusError ? error : internalError(error);
      sendJson(response, status.code, status);
    });
  });
}
