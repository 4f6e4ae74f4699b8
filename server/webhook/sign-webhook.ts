import { createHmac } from "node:crypto";

const ENCODED = "whsec_";

/**
 * The headers of the Standard Webhooks specification (1.0.0): the signature is the HMAC-SHA256 of `id.timestamp.body`.
 * A secret that begins with `whsec_` is base64 after that; any other is taken as its own bytes.
 */
export function signWebhook(
  message: { readonly id: string; readonly payload: string },
  { secret, now }: { readonly secret: string; readonly now: Date },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac("sha256", keyOf(secret))
    .update(`${message.id}.${timestamp}.${message.payload}`)
    .digest("base64");
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

function keyOf(secret: string): Buffer {
  return secret.startsWith(ENCODED)
    ? Buffer.from(secret.slice(ENCODED.length), "base64")
    : Buffer.from(secret, "utf8");
}
