import { expect, it } from "vitest";

import type { TimelineItem } from "@/server/contract/timeline";
import { groupByDay, mergeRepeats } from "./timeline-rows";

const item = (change: Partial<TimelineItem>): TimelineItem => ({
  id: "1",
  at: "2026-11-23T12:00:00Z",
  source: "Event",
  kind: "Pod",
  namespace: "prod",
  name: "llama-0",
  reason: "BackOff",
  message: "restarting",
  severity: "warning",
  count: 1,
  actor: null,
  ...change,
});

it("adds up neighbours that say the same, and keeps what stands between apart", () => {
  const rows = mergeRepeats([
    item({ id: "3", count: 2 }),
    item({ id: "2" }),
    item({ id: "x", reason: "Started" }),
    item({ id: "1" }),
  ]);
  expect(rows.map(({ id, count }) => [id, count])).toEqual([
    ["3", 3],
    ["x", 1],
    ["1", 1],
  ]);
});

it("groups by day without changing the order", () => {
  const days = groupByDay([
    item({ id: "b", at: "2026-11-23T12:00:00Z" }),
    item({ id: "a", at: "2026-11-23T11:00:00Z" }),
    item({ id: "0", at: "2026-11-20T12:00:00Z" }),
  ]);
  expect(days.map(({ items }) => items.map(({ id }) => id))).toEqual([["b", "a"], ["0"]]);
});
