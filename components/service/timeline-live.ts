import type { TimelineItem } from "@/server/contract/timeline";

export type LiveTimeline = Readonly<{
  shown: readonly TimelineItem[];
  /** What came since the reader scrolled away from the top and is not shown yet. */
  held: number;
}>;

/**
 * What to show of `items` (newest first) to a reader who is below the top and reads `frozen`: the same as before, so
 * that nothing moves under their eyes, and below it what is older. `frozen` null: the top is in sight, everything is shown.
 */
export function holdBack(
  items: readonly TimelineItem[],
  frozen: readonly TimelineItem[] | null,
): LiveTimeline {
  const last = frozen?.at(-1);
  if (frozen === null || last === undefined) return { shown: items, held: 0 };
  const known = new Map(frozen.map((item) => [item.id, item]));
  // Forgotten meanwhile: what there is now is all that there is to read.
  if (!items.some(({ id }) => known.has(id))) return { shown: items, held: 0 };
  const older = items.filter((item) => !known.has(item.id) && isOlder(item, last));
  const below = new Set(older);
  const held = items.filter(
    (item) => known.get(item.id)?.at !== item.at && !below.has(item),
  ).length;
  return { shown: held === 0 ? items : [...frozen, ...older], held };
}

function isOlder(a: TimelineItem, b: TimelineItem): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}
