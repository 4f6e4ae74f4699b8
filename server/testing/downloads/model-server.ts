import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from "./loopback-certificate";

/** What the server says to a request; a body alone is a 200. */
export type Answer = {
  readonly status?: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Names its length, as servers of files do; false sends it in chunks. */
  readonly length?: boolean;
  /** Ends the connection after this many bytes of the body. */
  readonly cutAfter?: number;
  /** Sends the first half of the body, and the rest when this is settled. */
  readonly pause?: Promise<void>;
};

export type ModelServer = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Decoded path → answer; every other path is a 404. */
  readonly files: Map<string, Answer | string>;
  /** `METHOD raw-target`, in order of arrival. */
  readonly requests: string[];
  /** The `Host` of each request. */
  readonly hosts: string[];
  close(): Promise<void>;
};

export type ModelServerOptions = {
  readonly tls?: boolean;
  /** The refusal of a request, null to let it through. */
  readonly refuse?: (request: IncomingMessage) => Answer | null;
};

/** Every byte that RFC 3986 allows in a request's target. */
const TARGET = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/;
const NOT_FOUND: Answer = { status: 404, body: "there is no such file" };

/** A server of files on loopback, on a free port; as strict with its targets as RFC 3986 is (400). */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const files = new Map<string, Answer | string>();
  const requests: string[] = [];
  const hosts: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    hosts.push(request.headers.host ?? "");
    send(answerTo(request, files, options), request.method, response);
  };
  const server =
    options.tls === true
      ? createTlsServer({ cert: LOOPBACK_CERTIFICATE, key: LOOPBACK_KEY }, listener)
      : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === true ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    files,
    requests,
    hosts,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}

function send(answer: Answer, method: string | undefined, response: ServerResponse): void {
  const { status = 200, headers = {}, length = true, cutAfter, pause } = answer;
  const body = Buffer.from(answer.body ?? "");
  response.writeHead(status, { ...(length ? { "content-length": body.length } : {}), ...headers });
  // node leaves the body out where the request is a HEAD
  if (cutAfter !== undefined) {
    response.write(body.subarray(0, cutAfter), () => response.destroy());
  } else if (pause !== undefined && method !== "HEAD") {
    const half = Math.ceil(body.length / 2);
    response.write(body.subarray(0, half));
    void pause.then(() => response.end(body.subarray(half)));
  } else response.end(body);
}

function answerTo(
  request: IncomingMessage,
  files: ReadonlyMap<string, Answer | string>,
  { refuse }: ModelServerOptions,
): Answer {
  const target = request.url ?? "";
  if (!TARGET.test(target)) return { status: 400, body: "not a target of RFC 3986" };
  const refusal = refuse?.(request) ?? null;
  if (refusal !== null) return refusal;
  const found = files.get(decodeURIComponent(target)) ?? NOT_FOUND;
  return typeof found === "string" ? { body: found } : found;
}

/** A port of loopback at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startModelServer();
  await server.close();
  return server.port;
}
