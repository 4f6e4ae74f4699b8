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
  return new KeyedHub();
}

class KeyedHub implements LiveHub {
  readonly hub = createStreamHub<LiveRowsByTopic>({
    epoch: randomUUID().slice(0, 8),
    history: HISTORY,
    compare: {
      inferenceservices: compareRows,
      persistentvolumeclaims: compareRows,
      attachments: (a, b) => (a.id < b.id ? 1 : -1), // ids are sortable by time
      cluster: () => 0,
    },
  });
  readonly #keys = new Map<Topic, Set<string>>();
  readonly #attachmentsOf = new Map<string, readonly string[]>();

  apply<T extends Topic>(topic: T, changes: RowChanges<LiveRowsByTopic[T]>): void {
    const known = this.#keys.get(topic) ?? new Set<string>();
    this.#keys.set(topic, known);
    for (const { key, row } of changes.upserts) {
      known.add(key);
      this.hub.publish(topic, key, row);
    }
    for (const key of changes.removals) {
      known.delete(key);
      this.hub.remove(topic, key);
    }
    for (const key of changes.touched) this.hub.touch(topic, key);
  }

  announceAttachment(attachment: Attachment): void {
    const service = `${attachment.namespace}/${attachment.name}`;
    const ids = new Set([...(this.#attachmentsOf.get(service) ?? []), attachment.id]);
    const newestFirst = [...ids].sort().reverse();
    this.#attachmentsOf.set(service, newestFirst.slice(0, KEPT_ATTACHMENTS));
    const removals = newestFirst.slice(KEPT_ATTACHMENTS);
    const upserts = [{ key: attachment.id, row: attachment }];
    this.apply("attachments", { upserts, removals, touched: [] });
  }

  reset(): void {
    for (const [topic, known] of this.#keys) {
      for (const key of known) this.hub.remove(topic, key);
    }
    this.#keys.clear();
    this.#attachmentsOf.clear();
    this.hub.close();
  }
}
