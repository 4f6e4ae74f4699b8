import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, request, type Dispatcher } from "undici";

import type { SourceFingerprint, SourceProber } from "@/server/ports";
import { createRemoteGuard, type RemoteGuard } from "./remote-guard";

const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

type Resolve = (
  host: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export type ProberOptions = {
  readonly allowedRemoteHosts: readonly string[];
  /** Told why nothing could be learned of a URL. */
  readonly onUnknown: (url: string, why: string) => void;
  readonly resolve?: Resolve;
};

/**
 * Asks by HEAD, wherever the URL and its redirections (five at most) lead, but into no private network that `allowedRemoteHosts` does not name.
 * What is checked is each address that a name stands for at the moment of connecting, so that a name cannot change its meaning in between.
 */
export function createSourceProber(options: ProberOptions): SourceProber {
  const guard = createRemoteGuard(options.allowedRemoteHosts);
  const lookup = guardedLookup(guard, options.resolve ?? resolveBySystem);
  const dispatcher = new Agent({ connect: { lookup, timeout: TIMEOUT_MS }, connections: 2 });
  return {
    async probe(url) {
      const found = await follow(url, { guard, dispatcher });
      if (typeof found !== "string") return found;
      options.onUnknown(url, found);
      return null;
    },
  };
}

type Means = { readonly guard: RemoteGuard; readonly dispatcher: Dispatcher };

/** The fingerprint, or why there is none. */
async function follow(first: string, means: Means): Promise<SourceFingerprint | string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const answer = await head(url, { ...means, signal });
    if (typeof answer === "string") return answer;
    const { statusCode, headers } = answer;
    const next = textOf(headers["location"]);
    if (!REDIRECTS.has(statusCode) || next === "") return toFingerprint(statusCode, headers);
    if (!URL.canParse(next, url)) return "it redirects to what is no URL";
    url = new URL(next, url).href;
  }
  return `it redirects more than ${MAX_REDIRECTS} times`;
}

type Answer = Pick<Dispatcher.ResponseData, "statusCode" | "headers">;

async function head(
  url: string,
  { guard, dispatcher, signal }: Means & { readonly signal: AbortSignal },
): Promise<Answer | string> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") return `${protocol} cannot be asked`;
  const host = hostname.replace(/^\[|\]$/g, "");
  // A literal address is connected to without being looked up.
  if (isIP(host) !== 0 && !guard.permits(host, host)) return refusal(host, host);
  try {
    const { statusCode, headers, body } = await request(url, {
      method: "HEAD",
      dispatcher,
      signal,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    await body.dump();
    return { statusCode, headers };
  } catch (error) {
    // Whatever the network has against it is an answer: the file cannot be asked for now.
    return error instanceof Error ? error.message : "it cannot be reached";
  }
}

function toFingerprint(status: number, headers: Answer["headers"]): SourceFingerprint | string {
  if (status !== 200) return `it answers ${status}`;
  const length = textOf(headers["content-length"]);
  const etag = textOf(headers["etag"]);
  const contentLengthBytes = /^\d{1,15}$/.test(length) ? Number(length) : 0;
  if (etag === "" && contentLengthBytes === 0) return "it tells neither tag nor length";
  return { etag, contentLengthBytes };
}

function guardedLookup(guard: RemoteGuard, resolve: Resolve): LookupFunction {
  return (host, { all }, done) => {
    resolve(host, (error, addresses) => {
      const foreign = addresses.find(({ address }) => !guard.permits(host, address));
      const [first] = addresses;
      if (error !== null) done(error, "");
      else if (first === undefined) done(new Error(`${host} stands for no address`), "");
      else if (foreign !== undefined) done(new Error(refusal(host, foreign.address)), "");
      else if (all === true) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}

function resolveBySystem(host: string, done: Parameters<Resolve>[1]): void {
  systemLookup(host, { all: true }, (error, addresses) => done(error, error ? [] : addresses));
}

function refusal(host: string, address: string): string {
  return `${host} stands for ${address}, a private address that --allowed-remote-hosts does not name`;
}

function textOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
