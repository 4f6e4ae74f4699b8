import path from "node:path";

import type { Pingable } from "@/server/ports";
import { translateDatabaseError } from "./database-errors";
import { PrismaClient } from "./generated/client";
import { migrate } from "./migrate";
import { SqliteAdapter } from "./sqlite-adapter";

/** How long one statement waits for a lock of another process. It holds up the whole process, so the rest is waited by `inTransaction`. */
const LOCK_WAIT_MS = 50;

/** An open database at the newest schema. */
export type Database = Pingable & {
  readonly prisma: PrismaClient;
  /** Names of the migrations that opening it applied. */
  readonly applied: readonly string[];
  close(): Promise<void>;
};

/**
 * Opens the database of `url` and applies what is missing of the migrations.
 *
 * One SQLite connection serves everyone, and a statement outside a transaction joins the one that happens to be open:
 * every write therefore goes through `inTransaction`.
 *
 * @throws Error when the URL is not one of SQLite (`file:…`), the file cannot be opened, or a migration is refused.
 */
export async function openDatabase(options: {
  /** `file:` and a path, absolute or relative to the working directory. */
  readonly url: string;
  readonly migrationsDirectory: string;
}): Promise<Database> {
  if (!options.url.startsWith("file:")) {
    throw new Error("DATABASE_URL must begin with file: (a SQLite database)");
  }
  const file = path.resolve(options.url.slice("file:".length));
  const applied = migrate(file, options.migrationsDirectory);
  const adapter = new SqliteAdapter({ url: `file:${file}`, timeout: LOCK_WAIT_MS });
  const prisma = new PrismaClient({
    adapter,
    errorFormat: "minimal",
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  });
  await prisma.$queryRawUnsafe("PRAGMA foreign_keys = ON");
  // An accepted request must survive power loss, too; WAL's default only survives the end of the process.
  await prisma.$queryRawUnsafe("PRAGMA synchronous = FULL");
  return {
    prisma,
    applied,
    close: () => prisma.$disconnect(),
    ping: async () => {
      await prisma.$queryRawUnsafe("SELECT 1").catch((error: unknown) => {
        throw translateDatabaseError(error);
      });
    },
  };
}
