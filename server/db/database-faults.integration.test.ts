import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { NewTimelineItem } from "@/server/ports";
import { createTestDatabase, type TestDatabase } from "./test-database";
import { createTimelineStore } from "./timeline";

const LLAMA = { namespace: "ml", name: "llama" };
let test: TestDatabase;
let other: BetterSqlite3.Database;

beforeEach(async () => {
  test = await createTestDatabase();
  other = new BetterSqlite3(test.file);
});
afterEach(async () => {
  other.close();
  await test.dispose();
});

const anItem = (nth: number, message = "m".repeat(900)): NewTimelineItem => ({
  service: LLAMA,
  dedupeKey: `item/${nth}`,
  at: "2026-03-01T12:00:00.000Z",
  source: "Event",
  kind: "Pod",
  namespace: "ml",
  name: "llama-1",
  reason: "Pulled",
  message,
  severity: "info",
  count: 1,
  actor: null,
});

const store = () => createTimelineStore(test.database.prisma, "cluster");
const count = async () => (await store().list(LLAMA, { limit: 500 })).items.length;

describe("a database that another process holds", () => {
  it("still answers reads and says why it cannot be written, then goes on where it was", async () => {
    await store().append([anItem(1)]);
    other.exec("BEGIN EXCLUSIVE");
    await expect(store().append([anItem(2)])).rejects.toMatchObject({
      reason: "ServiceUnavailable",
      message: "The database is locked by another process.",
    });
    expect(await count()).toBe(1);
    other.exec("ROLLBACK");
    await store().append([anItem(2)]);
    expect(await count()).toBe(2);
  });

  it("waits out a short lock, such as that of a backup", async () => {
    other.exec("BEGIN IMMEDIATE");
    const appended = store().append([anItem(1)]);
    await new Promise((resolve) => setImmediate(resolve));
    other.exec("COMMIT");
    await appended;
    expect(await count()).toBe(1);
  });

  it("leaves the process free to do other things meanwhile", async () => {
    other.exec("BEGIN EXCLUSIVE");
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    await expect(store().append([anItem(1)])).rejects.toThrow();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5); // it waits about two seconds, nearly all of them asleep
  });
});

describe("a database that is full", () => {
  const limitPages = (pages: number) =>
    test.database.prisma.$queryRawUnsafe(`PRAGMA max_page_count = ${pages}`);

  it("says so each time, loses nothing of what it has, and takes writes again once there is room", async () => {
    await store().append([anItem(1)]);
    await limitPages(1); // SQLite takes the present size as the limit then
    const many = Array.from({ length: 50 }, (_, nth) => anItem(nth + 10));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(store().append(many)).rejects.toMatchObject({
        reason: "ServiceUnavailable",
        message: "The database, or the disk it is on, is full.",
      });
    }
    expect(await count()).toBe(1);
    await limitPages(1_000_000);
    await store().append(many);
    expect(await count()).toBe(51);
  });
});
