import { expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { readinessOf } from "./readiness";

const recorded = { recording: true, notRecordingSince: null, problem: null };
const since = "2026-03-01T12:00:00Z";
const unrecorded = { recording: false, notRecordingSince: since, problem: "The database is full." };

type Life = NonNullable<Parameters<typeof readinessOf>[0]["life"]>;

const up = { ping: () => Promise.resolve() };
const down = {
  ping: () => Promise.reject(new AppError("ServiceUnavailable", "the database is locked")),
};

function aLife(watches: { connected: boolean; synced: boolean }, rowsReady: boolean): Life {
  return {
    watches: {
      connected: () => watches.connected,
      synced: () => watches.synced,
    } as Life["watches"],
    rows: { ready: rowsReady } as Life["rows"],
  };
}

it.each([
  ["everything was read and is watched", aLife({ connected: true, synced: true }, true), up, true],
  [
    "a watch is broken but what was read is still there",
    aLife({ connected: false, synced: true }, true),
    up,
    true,
  ],
  ["the cluster is still being read", aLife({ connected: true, synced: false }, false), up, false],
  ["there is no cluster", null, up, false],
  ["the database does not answer", aLife({ connected: true, synced: true }, true), down, false],
])("when %s", async (_case, life, database, ready) => {
  expect(
    (await readinessOf({ life, problem: "cannot be reached", database, history: recorded })).ready,
  ).toBe(ready);
});

it("says which part is not ready, and why", async () => {
  const { parts } = await readinessOf({
    life: null,
    problem: "cannot be reached",
    database: down,
    history: recorded,
  });

  expect(parts).toEqual([
    { name: "cluster", ready: false, message: "cannot be reached" },
    { name: "database", ready: false, message: "the database is locked" },
    { name: "history", ready: true, message: "recorded" },
  ]);
});

it("stays ready while the history is not recorded, and names that", async () => {
  const life = aLife({ connected: true, synced: true }, true);
  const readiness = await readinessOf({ life, problem: null, database: up, history: unrecorded });

  expect(readiness.ready).toBe(true);
  expect(readiness.parts.at(-1)).toEqual({
    name: "history",
    ready: false,
    message: "The database is full.",
  });
});
