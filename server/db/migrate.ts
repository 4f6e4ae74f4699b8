import { createHash, randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import BetterSqlite3 from "better-sqlite3";

/** As Prisma Migrate makes it, so that its command line reads the same history. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/**
 * Brings the SQLite file to the newest schema and returns the names of the migrations it had to apply, oldest first.
 * Creates the file and its directory (for this user only) where missing, and puts it in WAL mode. One transaction per
 * migration: one that fails leaves nothing behind. Safe to call from two processes at once.
 *
 * @throws Error naming the migration that was edited after it was applied, that fails, or that leaves rows without their parent.
 */
export function migrate(file: string, migrationsDirectory: string): readonly string[] {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600)); // SQLite would make it readable for everyone
  const database = new BetterSqlite3(file, { timeout: 10_000 });
  try {
    database.pragma("journal_mode = WAL");
    // SQLite ignores this pragma inside a transaction. Left on, the DROP of a redefined table would delete its child rows.
    database.pragma("foreign_keys = OFF");
    database.exec(HISTORY_TABLE);
    return readMigrations(migrationsDirectory)
      .filter((migration) => ensureApplied(database, migration))
      .map((migration) => migration.name);
  } finally {
    database.close();
  }
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/** true: it was applied now. Looks inside the transaction, so a second process waits and then finds it done. */
function ensureApplied(database: BetterSqlite3.Database, migration: Migration): boolean {
  const apply = database.transaction(() => {
    const checksum = appliedChecksum(database, migration.name);
    if (checksum !== null) {
      if (checksum === migration.checksum) return false;
      throw new Error(`migration ${migration.name} was edited after it was applied`);
    }
    database.exec(migration.sql);
    const orphans = database.pragma("foreign_key_check") as unknown[];
    if (orphans.length > 0) {
      throw new Error(`migration ${migration.name} leaves ${orphans.length} rows without parent`);
    }
    database
      .prepare(
        `INSERT INTO "_prisma_migrations"
           ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
         VALUES (?, ?, ?, ?, ?, 1)`,
      )
      .run(randomUUID(), migration.checksum, migration.name, Date.now(), Date.now());
    return true;
  });
  return apply.immediate();
}

function appliedChecksum(database: BetterSqlite3.Database, name: string): string | null {
  // As the statement selects it: the column is TEXT NOT NULL.
  const row = database
    .prepare(
      `SELECT "checksum" FROM "_prisma_migrations"
       WHERE "migration_name" = ? AND "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL`,
    )
    .get(name) as { checksum: string } | undefined;
  return row?.checksum ?? null;
}
