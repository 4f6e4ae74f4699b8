import { buildSyncMessage, type StreamMessage } from "./stream-message";

/** One topic's whole list at one version, cut into messages that every subscriber with the same filter shares. */
export type Snapshot = {
  readonly version: number;
  readonly chunks: readonly StreamMessage[];
  /** The last chunk again, as a message that can be resumed from: for the last topic of a subscription. */
  readonly closing: StreamMessage;
};

/** Cuts `rows` into chunks; an empty list is one empty chunk. */
export function buildSnapshot(
  rows: readonly unknown[],
  options: {
    readonly topic: string;
    readonly chunkRows: number;
    readonly version: number;
    readonly id: string;
  },
): Snapshot {
  const { topic, chunkRows, version, id } = options;
  const count = Math.max(1, Math.ceil(rows.length / chunkRows));
  const payloads = Array.from({ length: count }, (_, index) => ({
    topic,
    items: rows.slice(index * chunkRows, (index + 1) * chunkRows),
    last: index === count - 1,
    version: id,
  }));
  return {
    version,
    chunks: payloads.map((payload) => buildSyncMessage(payload, null)),
    // There is always a last one: count is at least 1.
    closing: buildSyncMessage(
      payloads[count - 1] ?? { topic, items: [], last: true, version: id },
      id,
    ),
  };
}

/** The lists one after the other; `complete`: nothing has changed since, so the very last message can be resumed from. */
export function syncMessages(
  snapshots: readonly Snapshot[],
  complete: boolean,
): readonly StreamMessage[] {
  const messages = snapshots.flatMap((snapshot) => snapshot.chunks);
  const closing = snapshots.at(-1)?.closing;
  return complete && closing ? [...messages.slice(0, -1), closing] : messages;
}
