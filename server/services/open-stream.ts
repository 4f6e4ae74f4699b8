import type { StreamQuery } from "@/server/contract/query";
import type { Topic } from "@/server/contract/stream";
import type { StreamMessage } from "@/server/runtime/stream-message";
import type { StreamSubscription } from "@/server/runtime/stream-subscription";
import type { StreamFilter } from "@/server/runtime/stream-topic";
import type { ServiceContext } from "./context";

/** What the hub can tell before the cluster was read: rows would be a list that looks empty. */
const TOPICS_AT_START: readonly Topic[] = ["cluster"];

export type { StreamMessage };

/** One client's messages. */
export interface OpenStream {
  next(): Promise<StreamMessage | null>;
  close(): void;
}

/**
 * The topics as SYNC, or as what differs since `lastEventId`, then changes. Until the cluster was read for the first
 * time there is only the `cluster` topic, which says so; the lists follow by themselves.
 */
export function openStream(
  ctx: ServiceContext,
  query: Pick<StreamQuery, "topics" | "namespace">,
  lastEventId: string | null,
): OpenStream {
  const filter = filterFor(query.namespace);
  const subscribe = (topics: readonly Topic[], since: string | null) =>
    ctx.hub.subscribe({ topics, lastEventId: since, ...(filter && { filter }) });
  if (ctx.rows.ready) return subscribe(query.topics, lastEventId);
  const early = query.topics.filter((topic) => TOPICS_AT_START.includes(topic));
  return new UntilReady(subscribe(early, null), {
    ready: ctx.rows.whenReady(),
    whole: () => subscribe(query.topics, lastEventId),
  });
}

class UntilReady implements OpenStream {
  #current: StreamSubscription;
  #closed = false;

  constructor(
    early: StreamSubscription,
    then: { readonly ready: Promise<void>; readonly whole: () => StreamSubscription },
  ) {
    this.#current = early;
    void then.ready.then(() => {
      if (this.#closed) return;
      const before = this.#current;
      this.#current = then.whole();
      before.close();
    });
  }

  async next(): Promise<StreamMessage | null> {
    for (;;) {
      const asked = this.#current;
      const message = await asked.next();
      if (message !== null || asked === this.#current) return message;
    }
  }

  close(): void {
    this.#closed = true;
    this.#current.close();
  }
}

/** Rows without a namespace (the cluster) are for everyone. */
function filterFor(namespaces: readonly string[] | undefined): StreamFilter | null {
  if (!namespaces) return null;
  const wanted = new Set(namespaces);
  return {
    id: [...wanted].sort().join(","),
    includes: (topic, _key, row) =>
      topic === "cluster" || wanted.has((row as { namespace: string }).namespace), // every other topic's row has one
  };
}
