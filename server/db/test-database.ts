import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { openDatabase, type Database } from "./open-database";

export const MIGRATIONS_DIRECTORY = path.resolve("prisma/migrations");

/** A real SQLite file of its own; `reopen` is what a restart sees, `dispose` leaves nothing behind. For tests only. */
export type TestDatabase = {
  readonly database: Database;
  /** Path of the SQLite file, for a second connection. */
  readonly file: string;
  reopen(): Promise<Database>;
  dispose(): Promise<void>;
};

/** Opens a new empty database in a directory of its own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const directory = mkdtempSync(path.join(tmpdir(), "mooring-db-"));
  const file = path.join(directory, "mooring.db");
  const url = `file:${file}`;
  const opened: Database[] = [];
  const open = async (): Promise<Database> => {
    const database = await openDatabase({ url, migrationsDirectory: MIGRATIONS_DIRECTORY });
    opened.push(database);
    return database;
  };
  return {
    database: await open(),
    file,
    reopen: open,
    dispose: async () => {
      for (const database of opened) await database.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
