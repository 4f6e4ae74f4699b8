import { randomUUID } from "node:crypto";

import type { Attachment } from "@/server/contract/attachment";
import type { Topic } from "@/server/contract/stream";
import { compareRows } from "@/server/domain/views/compare-rows";
import { createStreamHub, type StreamHub } from "@/server/runtime/stream-hub";
import type { LiveRowsByTopic } from "@/server/services/context";
import type { RowChanges } from "@/server/services/live-rows";

/** Removals remembered, and rows a returning client is told one by one rather than by a new list. */
const HISTORY = 2_000;
/** Per service: the one that acts and the one whose end somebody may be looking at. */
const KEPT_ATTACHMENTS = 2;

/** The stream hub with what the parts of the server tell it. */
export type LiveHub = {
  readonly hub: StreamHub<LiveRowsByTopic>;
  apply<T extends Topic>(topic: T, changes: RowChanges<LiveRowsByTopic[T]>): void;
  announceAttachment(attachment: Attachment): void;
  /** Forgets every row and ends every stream: clients come back and begin anew. */
  reset(): void;
};

/** One hub for the life of the process. */
export function createLiveHub(): LiveHub {
  const hub = createStreamHub<LiveRowsByTopic>({
    epoch: randomUUID().slice(0, 8),
    history: HISTORY,
    compare: {
      inferenceservices: compareRows,
      persistentvolumeclaims: compareRows,
      attachments: (a, b) => (a.id < b.id ? 1 : -1), // ids are sortable by time
      cluster: () => 0,
    },
  });
  const keys = new Map<Topic, Set<string>>();
  const attachmentsOf = new Map<string, readonly string[]>();

  function apply<T extends Topic>(
    topic: T,
    { upserts, removals, touched }: RowChanges<LiveRowsByTopic[T]>,
  ): void {
    const known = keys.get(topic) ?? new Set<string>();
    keys.set(topic, known);
    for (const { key, row } of upserts) {
      known.add(key);
      hub.publish(topic, key, row);
    }
    for (const key of removals) {
      known.delete(key);
      hub.remove(topic, key);
    }
    for (const key of touched) hub.touch(topic, key);
  }

  return {
    hub,
    apply,
    announceAttachment(attachment) {
      const service = `${attachment.namespace}/${attachment.name}`;
      const ids = new Set([...(attachmentsOf.get(service) ?? []), attachment.id]);
      const sorted = [...ids].sort().reverse();
      attachmentsOf.set(service, sorted.slice(0, KEPT_ATTACHMENTS));
      const removals = sorted.slice(KEPT_ATTACHMENTS);
      const upserts = removals.includes(attachment.id)
        ? []
        : [{ key: attachment.id, row: attachment }];
      apply("attachments", { upserts, removals, touched: [] });
    },
    reset() {
      for (const [topic, known] of keys) {
        for (const key of known) hub.remove(topic, key);
      }
      keys.clear();
      attachmentsOf.clear();
      hub.close();
    },
  };
}
