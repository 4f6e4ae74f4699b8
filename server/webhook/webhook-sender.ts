import { Agent, request } from "undici";

import type { SendResult, WebhookSender } from "@/server/notification-ports";
import type { Clock } from "@/server/ports";
import { signWebhook } from "./sign-webhook";

const TIMEOUT_MS = 10_000;
/** Answers that speak of the receiver's state and not of the message. */
const ABOUT_RECEIVER: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * POSTs to the configured address and nowhere else: a redirection is a refusal. Any 2xx within ten seconds is a delivery.
 */
export function createWebhookSender(options: {
  readonly url: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly userAgent: string;
}): WebhookSender & { close(): Promise<void> } {
  const { url, secret, clock, userAgent } = options;
  const dispatcher = new Agent({ connections: 1, connect: { timeout: TIMEOUT_MS } });
  return {
    async send(message) {
      try {
        const { statusCode, body } = await request(url, {
          dispatcher,
          method: "POST",
          signal: AbortSignal.timeout(TIMEOUT_MS),
          headers: {
            "content-type": "application/json",
            "user-agent": userAgent,
            ...signWebhook(message, { secret, now: clock.now() }),
          },
          body: message.payload,
        });
        await body.dump({ limit: 64 * 1024 }).catch(() => undefined); // its words are not ours to keep
        return toResult(statusCode);
      } catch (error) {
        return { kind: "unreachable", error: describe(error) };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function toResult(status: number): SendResult {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const redirects = status >= 300 && status < 400;
  const error = `The receiver answered ${status}${redirects ? "; redirections are not followed" : ""}.`;
  const kind = status >= 500 || ABOUT_RECEIVER.has(status) ? "unreachable" : "rejected";
  return { kind, error };
}

/** Never the address: it may hold a secret. */
function describe(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && error.name === "TimeoutError")
    return "The receiver did not answer within 10 seconds.";
  return `The receiver cannot be reached${code === "" ? "" : ` (${code})`}.`;
}
