import type { Cluster } from "./cluster";
import type { Loop } from "./loop";

const LIFETIME_SECONDS = 3600;
const SWEEP_SECONDS = 60;

/** Removes events an hour after they were last written, as API servers do by default. */
export function startEventExpiry(cluster: Cluster, loop: Loop): void {
  const written = new Map<string, number>();
  const queue = loop.controller("event-expiry", () => {
    for (const [key, at] of written) {
      if (loop.seconds() - at < LIFETIME_SECONDS) continue;
      const event = cluster.events.get(key);
      if (event === undefined) written.delete(key);
      else cluster.client.delete("events", event.metadata.namespace, event.metadata.name);
    }
    return SWEEP_SECONDS;
  });
  cluster.events.onChange(({ key, deleted }) => {
    if (deleted) written.delete(key);
    else written.set(key, loop.seconds());
  });
  queue.enqueue("all");
}
