/** Messages that are taken one at a time. */
export interface EventSource {
  /** The next message, framed; null at the end. */
  next(): Promise<Uint8Array | null>;
  /** Ends a `next` that waits. May be called more than once. */
  close(): void;
}

const HEARTBEAT_MS = 15_000;
const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(":\n\n");

/** One message as it is on the wire. `id` is what `Last-Event-ID` will say when the client comes back. */
export function frameEvent(message: {
  event: string;
  id?: string | null;
  data: string;
}): Uint8Array {
  const { event, id = null, data } = message;
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return encoder.encode(`${id === null ? "" : `id: ${id}\n`}event: ${event}\n${lines.join("")}\n`);
}

/**
 * Answers with the messages of `source` as they come and a comment every 15 s of silence. A message is taken only when
 * the client has room for it. The source is closed as soon as the client is gone. When the source fails, the client sees
 * a broken stream and reconnects.
 */
export function toEventStream(
  request: Request,
  source: EventSource,
  heartbeatMs = HEARTBEAT_MS,
): Response {
  let next: Promise<Uint8Array | null> | null = null;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(HEARTBEAT), // so that the headers go out at once
    pull: async (controller) => {
      next ??= source.next();
      const message = await withinMs(next, heartbeatMs);
      if (message !== "late") next = null;
      if (message === null) {
        source.close();
        controller.close();
      } else {
        controller.enqueue(message === "late" ? HEARTBEAT : message);
      }
    },
    cancel: () => source.close(),
  });
  request.signal.addEventListener("abort", () => source.close(), { once: true });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

async function withinMs<T>(promise: Promise<T>, ms: number): Promise<T | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, ms, "late");
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
