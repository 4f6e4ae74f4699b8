import type { KubeConfig } from "@kubernetes/client-node";
import { type Dispatcher, errors, request } from "undici";

import { AppError } from "@/server/errors";
import { DispatcherPool, readCredentials } from "./dispatchers";
import { toStatusError } from "./status-error";

export type KubeRequest = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Of the API, such as `/api/v1/pods`. */
  readonly path: string;
  /** `undefined` leaves a parameter out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
};

/** HTTP to one cluster's API server. Every failure is an AppError, translated here and nowhere else; an abort by `signal` stays what it is. */
export interface KubeHttp {
  json(call: KubeRequest): Promise<unknown>;
  text(call: KubeRequest): Promise<string>;
  /** Resolves with the answer's headers; lasts until the server ends it or `signal` aborts. */
  stream(call: KubeRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Breaks off what runs. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 30_000;
/** What the API server is given to accept a watch; it may first wait until its cache is as new as we are. */
const STREAM_HEADERS_TIMEOUT_MS = 15_000;

/** A client with its own limited pool of connections. Credentials are read anew for each request. */
export function createKubeHttp(options: {
  readonly config: KubeConfig;
  readonly userAgent: string;
}): KubeHttp {
  return new UndiciKubeHttp(options.config, options.userAgent);
}

class UndiciKubeHttp implements KubeHttp {
  readonly #config: KubeConfig;
  readonly #userAgent: string;
  readonly #server: URL;
  readonly #pool: DispatcherPool;

  constructor(config: KubeConfig, userAgent: string) {
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new AppError("Invalid", "the kubeconfig has no current cluster");
    this.#config = config;
    this.#userAgent = userAgent;
    this.#server = new URL(cluster.server);
    this.#pool = new DispatcherPool((cluster as { proxyUrl?: string }).proxyUrl);
  }

  async json(call: KubeRequest): Promise<unknown> {
    const { body } = await this.#send(call, "requests");
    return this.#reading(call, () => body.json());
  }

  async text(call: KubeRequest): Promise<string> {
    const { body } = await this.#send(call, "requests");
    return this.#reading(call, () => body.text());
  }

  async stream(call: KubeRequest): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#send(call, "streams");
    return this.#chunks(call, body);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #send(call: KubeRequest, kind: "requests" | "streams"): Promise<Dispatcher.ResponseData> {
    const { tls, headers } = await readCredentials(this.#config);
    const timeouts =
      kind === "requests"
        ? { headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS }
        : { headersTimeout: STREAM_HEADERS_TIMEOUT_MS, bodyTimeout: 0 };
    const answer = await this.#reading(call, () =>
      request(this.#urlOf(call), {
        method: call.method ?? "GET",
        dispatcher: this.#pool.get(tls)[kind],
        headers: { ...headers, ...this.#headersOf(call) },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: call.signal ?? null,
        ...timeouts,
      }),
    );
    if (answer.statusCode >= 300) throw await this.#refusal(call, answer);
    return answer;
  }

  #urlOf({ path, query = {} }: KubeRequest): URL {
    const url = new URL(this.#server);
    url.pathname = this.#server.pathname.replace(/\/$/, "") + path;
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  #headersOf({ body, contentType = "application/json" }: KubeRequest): Record<string, string> {
    return {
      accept: "application/json",
      "user-agent": this.#userAgent,
      ...(body === undefined ? {} : { "content-type": contentType }),
    };
  }

  async #refusal(call: KubeRequest, answer: Dispatcher.ResponseData): Promise<AppError> {
    const text = await this.#reading(call, () => answer.body.text());
    const retryAfter = answer.headers["retry-after"];
    return toStatusError(describe(call), {
      code: answer.statusCode,
      body: parseOrNull(text),
      retryAfter: typeof retryAfter === "string" ? retryAfter : null,
    });
  }

  async *#chunks(call: KubeRequest, body: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
    try {
      // undici's bodies are byte streams.
      for await (const chunk of body) yield chunk as Uint8Array;
    } catch (error) {
      throw toNetworkError(call, error);
    }
  }

  async #reading<T>(call: KubeRequest, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw toNetworkError(call, error);
    }
  }
}

function describe({ method = "GET", path }: KubeRequest): string {
  return `${method} ${path}`;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, or the text of an older server: the HTTP status says enough.
    return null;
  }
}

function toNetworkError(call: KubeRequest, cause: unknown): unknown {
  if (call.signal?.aborted === true || cause instanceof AppError) return cause;
  const timedOut =
    cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError;
  if (timedOut) return new AppError("Timeout", "the API server did not answer in time", { cause });
  if (cause instanceof SyntaxError) {
    return new AppError("ServiceUnavailable", "the API server's answer is not JSON", { cause });
  }
  const code = (cause as { code?: unknown }).code;
  const why = typeof code === "string" ? ` (${code})` : "";
  return new AppError("ServiceUnavailable", `the API server cannot be reached${why}`, { cause });
}
