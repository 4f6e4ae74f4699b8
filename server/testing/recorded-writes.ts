import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** A request that changes something, as it went out. */
export type SentWrite = {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: unknown;
};

type Created = {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly string[] | string;
    readonly body: unknown;
  };
};

/** Every write that this process sends under the user agent from now on, whoever asked for it: recorded where it leaves, by the HTTP client. */
export function recordWrites(userAgent: string): {
  readonly writes: readonly SentWrite[];
  stop(): void;
} {
  const writes: SentWrite[] = [];
  const listener = (message: unknown) => {
    // What undici publishes on this channel.
    const { method, path, headers, body } = (message as Created).request;
    if (method === "GET" || headerOf(headers, "user-agent") !== userAgent) return;
    const contentType = headerOf(headers, "content-type") ?? "";
    writes.push({ method, path, contentType, body: parsed(body) });
  };
  subscribe("undici:request:create", listener);
  return { writes, stop: () => void unsubscribe("undici:request:create", listener) };
}

/** undici holds headers as one list of names and values. */
function headerOf(headers: readonly string[] | string, name: string): string | undefined {
  const words = typeof headers === "string" ? headers.split(/: |\r\n/) : headers;
  const at = words.findIndex((word, index) => index % 2 === 0 && word.toLowerCase() === name);
  return at < 0 ? undefined : words[at + 1];
}

function parsed(body: unknown): unknown {
  if (body === null || body === undefined) return null;
  const text = typeof body === "string" ? body : Buffer.from(body as Uint8Array).toString("utf8");
  return JSON.parse(text) as unknown;
}
