import { expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { readinessOf } from "./readiness";

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
  expect((await readinessOf({ life, problem: "cannot be reached", database })).ready).toBe(ready);
});

it("says which part is not ready, and why", async () => {
  const { parts } = await readinessOf({ life: null, problem: "cannot be reached", database: down });

  expect(parts).toEqual([
    { name: "cluster", ready: false, message: "cannot be reached" },
    { name: "database", ready: false, message: "the database is locked" },
  ]);
});
