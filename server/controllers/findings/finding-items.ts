import type { FindingChange } from "@/server/notification-ports";
import type { NewTimelineItem } from "@/server/ports";

/** The change on the service's timeline; recording it again changes nothing. */
export function findingItem(change: FindingChange): NewTimelineItem {
  const { service, code, severity, message, openedAt, closedAt } = change;
  const opened = openedAt.toISOString();
  const isOpen = closedAt === null;
  return {
    service,
    dedupeKey: `finding/${code}/${opened}/${isOpen ? "opened" : "closed"}`,
    at: isOpen ? opened : closedAt.toISOString(),
    source: "Finding",
    kind: "InferenceService",
    namespace: service.namespace,
    name: service.name,
    reason: code,
    message: isOpen ? message : `No longer so: ${message}`,
    severity: isOpen ? severity : "ok",
    count: 1,
    actor: null,
  };
}
