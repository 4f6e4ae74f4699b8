import type { ObjectKey } from "@/server/contract/service-view";
import type { KubeEvent } from "@/server/domain/objects";
import { plain } from "@/server/domain/wording";
import type { NewTimelineItem } from "@/server/ports";
import { fingerprint } from "./happening";

/**
 * Repeats within this time become one item with a count: LLMKube's recorder makes a new Event for each repeat. Short
 * against the hour that a cluster keeps events, so that a count begun before a restart is found again whole.
 */
const GROUP_MS = 10 * 60_000;

type Repeat = { readonly count: number; readonly at: string };

export interface EventItems {
  /** The group's item as it is with this event, for each of the services. */
  add(event: KubeEvent, services: readonly ObjectKey[]): NewTimelineItem[];
  /** The cluster forgot the event; what was recorded of it stays. */
  remove(event: KubeEvent): void;
}

/** Groups the cluster's events. Keeps what the cluster itself still keeps, and no more. */
export function createEventItems(): EventItems {
  const groups = new Map<string, Map<string, Repeat>>();
  return {
    add(event, services) {
      const key = groupKey(event);
      const group = groups.get(key) ?? new Map<string, Repeat>();
      groups.set(
        key,
        group.set(event.metadata.uid, { count: countOf(event), at: lastSeen(event) }),
      );
      const repeats = [...group.values()];
      const count = repeats.reduce((sum, repeat) => sum + repeat.count, 0);
      const at = repeats
        .map((repeat) => repeat.at)
        .reduce((a, b) => (Date.parse(a) > Date.parse(b) ? a : b));
      return services.map((service) => toItem(event, service, { dedupeKey: key, count, at }));
    },
    remove(event) {
      const key = groupKey(event);
      const group = groups.get(key);
      group?.delete(event.metadata.uid);
      if (group?.size === 0) groups.delete(key);
    },
  };
}

function toItem(
  event: KubeEvent,
  service: ObjectKey,
  repeats: { readonly dedupeKey: string; readonly count: number; readonly at: string },
): NewTimelineItem {
  const { kind = "", name = "", namespace } = event.involvedObject;
  return {
    service,
    ...repeats,
    source: "Event",
    kind: plain(kind, 100),
    namespace: namespace === undefined ? null : plain(namespace),
    name: plain(name),
    reason: plain(event.reason ?? "", 100),
    message: plain(event.message ?? "", 1000),
    severity: event.type === "Warning" ? "warning" : "info",
    actor: null,
  };
}

function groupKey(event: KubeEvent): string {
  const { uid, kind, name } = event.involvedObject;
  const about = uid ?? `${kind ?? ""}/${name ?? ""}`;
  const slot = Math.floor(Date.parse(firstSeen(event)) / GROUP_MS);
  return `event/${about}/${event.reason ?? ""}/${fingerprint(event.message ?? "")}/${slot}`;
}

/** Core count and times are absent where the recorder writes through events.k8s.io. */
const countOf = (event: KubeEvent): number => event.series?.count ?? event.count ?? 1;

const firstSeen = (event: KubeEvent): string =>
  event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;

const lastSeen = (event: KubeEvent): string =>
  event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen(event);
