import type { RequestOptions } from "node:https";
import { isDeepStrictEqual } from "node:util";

import type { KubeConfig } from "@kubernetes/client-node";
import { Agent, type Dispatcher, ProxyAgent } from "undici";

import { displaySource } from "@/server/domain/wording";
import { AppError } from "@/server/errors";

/** The TLS material of one moment; credentials may rotate while we run. */
export type Tls = Readonly<Record<string, unknown>>;

export type Credentials = { readonly tls: Tls; readonly headers: Readonly<Record<string, string>> };

export type Dispatchers = {
  /** For requests that end soon: a limited number of connections. */
  readonly requests: Dispatcher;
  /** For watches and logs, each of which holds a connection for as long as it lasts. */
  readonly streams: Dispatcher;
};

const MAX_CONNECTIONS = 16;

/** TLS material and headers for one request, as of now: exec plugins, token files and OIDC refresh by themselves. */
export async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new AppError("Unauthorized", "the credentials of the kubeconfig could not be obtained", {
      cause,
    });
  }
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value);
  if (options.auth) {
    headers["Authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  }
  return {
    tls: { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized },
    headers,
  };
}

/** Connections of one cluster; made anew when the TLS material has changed. */
export class DispatcherPool {
  readonly #proxyUrl: string | undefined;
  #current: { readonly tls: Tls; readonly dispatchers: Dispatchers } | null = null;

  constructor(proxyUrl: string | undefined) {
    if (proxyUrl !== undefined && !/^https?:/.test(proxyUrl)) {
      throw new AppError(
        "Invalid",
        `the cluster's proxy ${displaySource(proxyUrl)} is not an HTTP proxy`,
      );
    }
    this.#proxyUrl = proxyUrl;
  }

  get(tls: Tls): Dispatchers {
    if (this.#current && isDeepStrictEqual(this.#current.tls, tls)) {
      return this.#current.dispatchers;
    }
    // What still runs on the old ones ends by itself: `close` waits for it, and fails only where it was closed before.
    this.#closeGracefully().catch(() => undefined);
    const dispatchers = {
      requests: this.#build(tls, MAX_CONNECTIONS),
      streams: this.#build(tls, null),
    };
    this.#current = { tls, dispatchers };
    return dispatchers;
  }

  /** Breaks off everything. */
  async destroy(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    if (!current) return;
    await Promise.all([
      current.dispatchers.requests.destroy(),
      current.dispatchers.streams.destroy(),
    ]);
  }

  async #closeGracefully(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    await Promise.all([current.dispatchers.requests.close(), current.dispatchers.streams.close()]);
  }

  #build(tls: Tls, connections: number | null): Dispatcher {
    const options = { connections, pipelining: 1 };
    const connect = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 15_000 };
    return this.#proxyUrl === undefined
      ? new Agent({ ...options, connect })
      : new ProxyAgent({ ...options, uri: this.#proxyUrl, requestTls: connect });
  }
}
