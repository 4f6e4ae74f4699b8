import type { OpenStream, StreamMessage } from "@/server/services/open-stream";
import { type EventSource, frameEvent } from "./event-stream";

/** The same message goes to many clients: its bytes are made once. */
const frames = new WeakMap<StreamMessage, Uint8Array>();

/** The messages of a stream, framed for the wire. */
export function framesOf(stream: OpenStream): EventSource {
  return {
    next: async () => {
      const message = await stream.next();
      return message && frameOf(message);
    },
    close: () => stream.close(),
  };
}

function frameOf(message: StreamMessage): Uint8Array {
  const known = frames.get(message);
  if (known) return known;
  const frame = frameEvent({ event: message.event, id: message.id, data: message.json });
  frames.set(message, frame);
  return frame;
}
