import { afterEach, beforeEach, expect, it } from "vitest";

import type { NewTimelineItem } from "@/server/ports";
import { pruneTimeline } from "./prune-timeline";
import { createTestDatabase, type TestDatabase } from "./test-database";
import { createTimelineStore } from "./timeline";

let test: TestDatabase;
const llama = { namespace: "ml", name: "llama" };
const WIDE = { before: new Date("2026-02-01T00:00:00Z"), perService: 100, total: 1_000 };

beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.dispose());

const itemAt = (at: string, service = llama): NewTimelineItem => ({
  service,
  dedupeKey: at,
  at,
  source: "Event",
  kind: "Pod",
  namespace: "ml",
  name: "llama-0",
  reason: "Started",
  message: at,
  severity: "info",
  count: 1,
  actor: null,
});

it("forgets what is too old in every cluster, and nothing newer", async () => {
  const { prisma } = test.database;
  const stores = [createTimelineStore(prisma, "one"), createTimelineStore(prisma, "two")];
  for (const store of stores)
    await store.append([itemAt("2026-01-01T00:00:00.000Z"), itemAt("2026-03-01T00:00:00.000Z")]);

  expect(await pruneTimeline(prisma, WIDE)).toBe(2);
  expect(await pruneTimeline(prisma, WIDE)).toBe(0);
  for (const store of stores)
    expect((await store.list(llama, { limit: 10 })).items.map(({ at }) => at)).toEqual([
      "2026-03-01T00:00:00.000Z",
    ]);
});

const day = (date: number) => `2026-03-0${date}T00:00:00.000Z`;
const timesOf = async (store: ReturnType<typeof createTimelineStore>, service = llama) =>
  (await store.list(service, { limit: 10 })).items.map(({ at }) => at);

it("keeps the newest of a busy service, and all of a quiet one", async () => {
  const { prisma } = test.database;
  const store = createTimelineStore(prisma, "one");
  const quiet = { namespace: "ml", name: "quiet" };
  await store.append([1, 2, 3, 4].map((date) => itemAt(day(date))));
  await store.append([1, 2].map((date) => itemAt(day(date), quiet)));
  expect(await pruneTimeline(prisma, { ...WIDE, perService: 2 })).toBe(2);
  expect(await timesOf(store)).toEqual([day(4), day(3)]);
  expect(await timesOf(store, quiet)).toEqual([day(2), day(1)]);
});

it("keeps the newest of all services together", async () => {
  const { prisma } = test.database;
  const store = createTimelineStore(prisma, "one");
  const other = { namespace: "ml", name: "other" };
  await store.append([
    itemAt(day(1)),
    itemAt(day(4)),
    itemAt(day(2), other),
    itemAt(day(3), other),
  ]);
  expect(await pruneTimeline(prisma, { ...WIDE, total: 4 })).toBe(0);
  expect(await pruneTimeline(prisma, { ...WIDE, total: 2 })).toBe(2);
  expect(await timesOf(store)).toEqual([day(4)]);
  expect(await timesOf(store, other)).toEqual([day(3)]);
});
