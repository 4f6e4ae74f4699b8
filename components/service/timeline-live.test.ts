import { describe, expect, it } from "vitest";

import type { TimelineItem } from "@/server/contract/timeline";
import { holdBack } from "./timeline-live";

const item = (id: string, minute: number): TimelineItem => ({
  id,
  at: `2026-03-01T12:${String(minute).padStart(2, "0")}:00Z`,
  source: "Change",
  kind: "Pod",
  namespace: "ml",
  name: "llama-1",
  reason: "PodReady",
  message: "",
  severity: "info",
  count: 1,
  actor: null,
});
const ids = (items: readonly TimelineItem[]) => items.map(({ id }) => id).join("");
const c = item("c", 3);
const b = item("b", 2);
const a = item("a", 1);

describe("holdBack", () => {
  it.each<
    readonly [string, readonly TimelineItem[], readonly TimelineItem[] | null, string, number]
  >([
    ["shows everything while the top is in sight", [c, b, a], null, "cba", 0],
    ["holds back what is newer than what is being read", [c, b, a], [b, a], "ba", 1],
    ["holds back what came in between", [c, b, a], [c, a], "ca", 1],
    ["adds what is older below", [c, b, a], [c, b], "cba", 0],
    ["adds what is older below what it holds back", [c, b, a], [b], "ba", 1],
    ["keeps a repeat where it is read, and counts it as new", [item("a", 5), b], [b, a], "ba", 1],
    ["shows what is left when the rest was forgotten", [c], [b, a], "c", 0],
    ["has nothing to hold back from an empty list", [c], [], "c", 0],
  ])("%s", (_title, items, frozen, shown, held) => {
    const live = holdBack(items, frozen);
    expect([ids(live.shown), live.held]).toEqual([shown, held]);
  });

  it("counts an item that happened again and moved up", () => {
    const again = item("b", 9);
    const live = holdBack([again, c, a], [c, b, a]);
    expect([ids(live.shown), live.held]).toEqual(["cba", 1]);
  });
});
