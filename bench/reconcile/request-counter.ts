import { subscribe } from "node:diagnostics_channel";

import { nameRequest } from "../../e2e/cluster/name-request";

export type RequestCounts = Readonly<Record<string, number>>;

export type RequestCounter = {
  /** By verb and resource, such as `update inferenceservices/status`. */
  counts(): RequestCounts;
  /** Milliseconds since the epoch at which the last request that changes something was sent; null: none yet. */
  lastWriteAtMs(): number | null;
};

type Created = { readonly request: { readonly method: string; readonly path: string } };

/** Counts every HTTP request of this process from now on, as its client library announces them. */
export function countRequests(): RequestCounter {
  const counts = new Map<string, number>();
  let lastWriteAtMs: number | null = null;
  subscribe("undici:request:create", (message) => {
    // What undici publishes on this channel.
    const { method, path } = (message as Created).request;
    const name = nameRequest(method, path);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (method !== "GET") lastWriteAtMs = Date.now();
  });
  return {
    counts: () => Object.fromEntries(counts),
    lastWriteAtMs: () => lastWriteAtMs,
  };
}
