import { request } from "undici";

import type { ReplicaReader } from "@/server/ports";

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Asks serving pods directly, by their address. */
export const replicaReader: ReplicaReader = {
  async read(url) {
    const { statusCode, body } = await request(url, {
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    let text = "";
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > MAX_BYTES) throw new Error(`${url} answers more than ${MAX_BYTES} bytes`);
    }
    return { status: statusCode, text };
  },
};
