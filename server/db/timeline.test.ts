import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { NewTimelineItem, TimelineStore } from "@/server/ports";
import { createHistoryMarks } from "./history-marks";
import { createTestDatabase, type TestDatabase } from "./test-database";
import { createTimelineStore } from "./timeline";

let test: TestDatabase;
let store: TimelineStore;
let clusterId: string;
const llama = { namespace: "ml", name: "llama" };

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());
beforeEach(() => {
  clusterId = crypto.randomUUID();
  store = createTimelineStore(test.database.prisma, clusterId);
});

function anItem(over: Partial<NewTimelineItem> = {}): NewTimelineItem {
  return {
    service: llama,
    dedupeKey: crypto.randomUUID(),
    at: "2026-03-01T10:00:00.000Z",
    source: "Event",
    kind: "Pod",
    namespace: "ml",
    name: "llama-0",
    reason: "Started",
    message: "started",
    severity: "info",
    count: 1,
    actor: null,
    ...over,
  };
}

const messages = async (limit = 100) =>
  (await store.list(llama, { limit })).items.map((it) => it.message);

describe("timeline", () => {
  it("gives back every field", async () => {
    await store.append([anItem({ actor: "jo", count: 3, namespace: null })]);
    expect((await store.list(llama, { limit: 1 })).items).toEqual([
      {
        id: expect.any(String) as string,
        at: "2026-03-01T10:00:00.000Z",
        source: "Event",
        kind: "Pod",
        namespace: null,
        name: "llama-0",
        reason: "Started",
        message: "started",
        severity: "info",
        count: 3,
        actor: "jo",
      },
    ]);
  });

  it("pages newest first by the time it happened, whatever order it was recorded in", async () => {
    const at = (minute: number) => `2026-03-01T10:0${minute}:00.000Z`;
    await store.append([3, 1, 5].map((minute) => anItem({ at: at(minute), message: `${minute}` })));
    await store.append([2, 4].map((minute) => anItem({ at: at(minute), message: `${minute}` })));

    const first = await store.list(llama, { limit: 2 });
    const second = await store.list(llama, { limit: 2, continue: first.continue! });
    const third = await store.list(llama, { limit: 2, continue: second.continue! });
    const seen = [...first.items, ...second.items, ...third.items].map((it) => it.message);
    expect(seen).toEqual(["5", "4", "3", "2", "1"]);
    expect(third.continue).toBeNull();
  });

  it("pages through many items of one instant without gap or repeat", async () => {
    await store.append(Array.from({ length: 25 }, (_, nth) => anItem({ message: `${nth}` })));
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await store.list(llama, { limit: 4, continue: token });
      seen.push(...page.items.map((it) => it.message));
      token = page.continue ?? undefined;
    } while (token !== undefined);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it("records the same thing once, within one call and over several", async () => {
    const item = anItem({ dedupeKey: "event/1" });
    await store.append([item, item]);
    await store.append([item]);
    expect(await messages()).toHaveLength(1);
  });

  it("moves a repeat on to its newer time and count, and never back", async () => {
    const item = anItem({ dedupeKey: "event/1" });
    await store.append([item]);
    await store.append([{ ...item, count: 4, at: "2026-03-01T11:00:00.000Z", message: "again" }]);
    await store.append([item]);

    expect((await store.list(llama, { limit: 5 })).items).toMatchObject([
      { count: 4, at: "2026-03-01T11:00:00.000Z", message: "again" },
    ]);
  });

  it("keeps one fact on the chains of several services", async () => {
    const qwen = { namespace: "ml", name: "qwen" };
    await store.append([
      anItem({ dedupeKey: "claim/1" }),
      anItem({ dedupeKey: "claim/1", service: qwen }),
    ]);
    expect((await store.list(llama, { limit: 5 })).items).toHaveLength(1);
    expect((await store.list(qwen, { limit: 5 })).items).toHaveLength(1);
  });

  it("takes a thousand items and leaves the event loop free between batches", async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await store.append(Array.from({ length: 1000 }, () => anItem()));
    clearInterval(timer);
    expect(await messages(2000)).toHaveLength(1000);
    expect(ticks).toBeGreaterThan(3);
  });

  it("never mixes two clusters", async () => {
    await store.append([anItem({ dedupeKey: "x" })]);
    const other = createTimelineStore(test.database.prisma, crypto.randomUUID());
    await other.append([anItem({ dedupeKey: "x", message: "theirs" })]);
    expect(await messages()).toEqual(["started"]);
  });

  it("refuses a continue token it did not make", async () => {
    await expect(store.list(llama, { limit: 1, continue: "x" })).rejects.toMatchObject({
      reason: "Invalid",
    });
  });
});

describe("history marks", () => {
  it("remember the last instant of each cluster", async () => {
    const marks = createHistoryMarks(test.database.prisma, clusterId);
    expect(await marks.recordedUntil()).toBeNull();
    await marks.recordUntil(new Date("2026-03-01T10:00:00Z"));
    await marks.recordUntil(new Date("2026-03-01T10:00:15Z"));
    expect(await marks.recordedUntil()).toEqual(new Date("2026-03-01T10:00:15Z"));
    const other = createHistoryMarks(test.database.prisma, crypto.randomUUID());
    expect(await other.recordedUntil()).toBeNull();
  });
});
