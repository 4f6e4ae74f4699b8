import { afterAll, beforeAll, expect, it } from "vitest";

import type { NewTimelineItem } from "@/server/ports";
import { pruneTimeline } from "./prune-timeline";
import { createTestDatabase, type TestDatabase } from "./test-database";
import { createTimelineStore } from "./timeline";

let test: TestDatabase;
const llama = { namespace: "ml", name: "llama" };

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());

const itemAt = (at: string): NewTimelineItem => ({
  service: llama,
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

  expect(await pruneTimeline(prisma, new Date("2026-02-01T00:00:00Z"))).toBe(2);
  expect(await pruneTimeline(prisma, new Date("2026-02-01T00:00:00Z"))).toBe(0);
  for (const store of stores)
    expect((await store.list(llama, { limit: 10 })).items.map(({ at }) => at)).toEqual([
      "2026-03-01T00:00:00.000Z",
    ]);
});
