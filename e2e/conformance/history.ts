import { request } from "undici";
import { inject } from "vitest";

const admin = inject("admin");
const etcd = inject("etcd");

/** Why history cannot be forgotten here; undefined when it can. */
export const cannotForget =
  admin === null && etcd === null ? "history of a given cluster is not ours to compact" : undefined;

/** etcd's words where an earlier test compacted, and nothing was written since. */
const COMPACTED_ALREADY = "required revision has been compacted";

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await request(url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 && !text.includes(COMPACTED_ALREADY)) {
    throw new Error(`${url}: ${text}`);
  }
  return JSON.parse(text);
}

/** Compacts the server's history at its present version: the sandbox by its fault endpoint, a control plane in its etcd. */
export async function forgetHistory(): Promise<void> {
  if (admin !== null) await post(`${admin}/faults`, { compact: true });
  if (etcd === null) return;
  const { header } = (await post(`${etcd}/v3/kv/range`, { key: "AA==" })) as {
    header: { revision: string };
  };
  await post(`${etcd}/v3/kv/compaction`, { revision: header.revision, physical: true });
}

/** The `continue` token with the version at which it was given taken back to the beginning. */
export function agedToken(token: string): string {
  const body = JSON.parse(Buffer.from(token, "base64url").toString()) as Record<string, unknown>;
  return Buffer.from(JSON.stringify({ ...body, rv: 2 })).toString("base64url");
}
