import type { InferenceService } from "@/server/domain/objects";
import type { NewTimelineItem } from "@/server/ports";

/** A shorter hole is not worth an item: the mark is written every quarter of a minute, and nothing was missed for longer. */
const SHORTEST_MS = 30_000;

/** One item per service that existed in the hole between the last mark and the start of this process; none for a short one. */
export function gapItems(
  services: readonly InferenceService[],
  { from, to }: { readonly from: Date | null; readonly to: Date },
): NewTimelineItem[] {
  if (from === null || to.getTime() - from.getTime() < SHORTEST_MS) return [];
  return services
    .filter(({ metadata }) => Date.parse(metadata.creationTimestamp) < to.getTime())
    .map(({ metadata: { namespace, name } }) => ({
      service: { namespace, name },
      dedupeKey: `gap/${from.toISOString()}`,
      at: to.toISOString(),
      source: "Gap",
      kind: "InferenceService",
      namespace,
      name,
      reason: "NotRecorded",
      message:
        `Mooring did not run from ${from.toISOString()} to ${to.toISOString()}: ` +
        "what changed in between is not recorded, except for events that the cluster still kept.",
      severity: "unknown",
      count: 1,
      actor: null,
    }));
}
