import type { InferenceService } from "@/server/domain/objects";
import { count } from "@/server/domain/wording";
import type { NewTimelineItem } from "@/server/ports";

/**
 * A shorter hole is not worth an item: the mark is written every quarter of a minute, and a watch that is begun again at
 * once has missed nothing. A write that failed has been tried for two seconds by then.
 */
const SHORTEST_MS = { away: 30_000, unwatched: 30_000, unwritable: 5_000 } as const;

/** A time in which the history is not whole, and why. */
export type Hole = {
  readonly from: Date;
  readonly to: Date;
} & (
  | { readonly why: "away" | "unwatched" }
  | {
      readonly why: "unwritable";
      readonly problem: string;
      /** Items of all services that could not be kept until they could be written. */
      readonly lost: number;
    }
);

/** One item per service that existed in the hole; none for a short one in which nothing was lost. */
export function gapItems(services: readonly InferenceService[], hole: Hole): NewTimelineItem[] {
  const { from, to } = hole;
  const lost = hole.why === "unwritable" && hole.lost > 0;
  if (!lost && to.getTime() - from.getTime() < SHORTEST_MS[hole.why]) return [];
  const message = describe(hole);
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
      reason: REASONS[hole.why],
      message,
      severity: "unknown",
      count: 1,
      actor: null,
    }));
}

const REASONS = {
  away: "NotRecorded",
  unwatched: "NotWatched",
  unwritable: "NotWritten",
} as const satisfies Record<Hole["why"], string>;

function describe(hole: Hole): string {
  const span = `from ${hole.from.toISOString()} to ${hole.to.toISOString()}`;
  switch (hole.why) {
    case "away":
      return (
        `Mooring did not run, or did not reach the cluster, ${span}: ` +
        "what changed in between is not recorded, except for events that the cluster still kept."
      );
    case "unwatched":
      return (
        `Mooring could not watch the cluster ${span}: ` +
        "what changed in between is recorded as of its end, and what changed back is not recorded."
      );
    case "unwritable":
      return (
        `The history could not be written ${span}. ${hole.problem} ` +
        (hole.lost === 0
          ? "What was seen meanwhile was kept in memory and written afterwards."
          : `${count(hole.lost, "item")} of that time, of all services together, were lost.`)
      );
  }
}
