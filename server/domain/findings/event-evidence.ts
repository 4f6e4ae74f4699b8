import type { Evidence } from "@/server/contract/finding";
import type { Surroundings } from "../facts";
import type { KubeEvent } from "../objects";
import { plain } from "../wording";
import { seen } from "./finding";

/** When an event last happened; null when it does not say. */
export function eventTime(event: KubeEvent): string | null {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    null
  );
}

/** The newest event with one of the reasons; null when there is none. */
export function newestEvent(
  events: readonly KubeEvent[],
  reasons: readonly string[],
): KubeEvent | null {
  return events.find((event) => reasons.includes(event.reason ?? "")) ?? null;
}

/** The event's own words, under its reason. Whoever may create events chooses all of them. */
export function eventEvidence(surroundings: Surroundings, event: KubeEvent): Evidence {
  const { kind = "Event", name, namespace } = event.involvedObject;
  const evidence = seen(surroundings, {
    kind: plain(kind, 100),
    object: event,
    field: `event ${plain(event.reason ?? "", 100)}`,
    value: event.message ?? "",
  });
  return {
    ...evidence,
    namespace: namespace === undefined ? evidence.namespace : plain(namespace),
    name: name === undefined ? evidence.name : plain(name),
    observedAt: eventTime(event) ?? evidence.observedAt,
  };
}
