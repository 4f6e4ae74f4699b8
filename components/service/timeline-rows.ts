import type { TimelineItem } from "@/server/contract/timeline";

export type TimelineDay = Readonly<{ day: string; items: readonly TimelineItem[] }>;

/** The items by the reader's calendar day, newest first, in their order. */
export function groupByDay(items: readonly TimelineItem[]): TimelineDay[] {
  const days: { day: string; items: TimelineItem[] }[] = [];
  for (const item of items) {
    const day = new Date(item.at).toDateString();
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}

/** Items that say the same of the same object one after the other, as one with their counts added. */
export function mergeRepeats(items: readonly TimelineItem[]): TimelineItem[] {
  const merged: TimelineItem[] = [];
  for (const item of items) {
    const last = merged.at(-1);
    if (last !== undefined && sameFact(last, item)) {
      merged[merged.length - 1] = { ...last, count: last.count + item.count };
    } else merged.push(item);
  }
  return merged;
}

function sameFact(a: TimelineItem, b: TimelineItem): boolean {
  return (
    a.source === b.source &&
    a.kind === b.kind &&
    a.name === b.name &&
    a.reason === b.reason &&
    a.message === b.message
  );
}
