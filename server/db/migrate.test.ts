import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { migrate } from "./migrate";
import { openDatabase } from "./open-database";
import { MIGRATIONS_DIRECTORY } from "./test-database";

describe("migrate", () => {
  let directory: string;
  let file: string;
  let migrations: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "mooring-migrate-"));
    file = path.join(directory, "data", "mooring.db");
    migrations = path.join(directory, "migrations");
    mkdirSync(migrations);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const add = (name: string, sql: string) => {
    mkdirSync(path.join(migrations, name), { recursive: true });
    writeFileSync(path.join(migrations, name, "migration.sql"), sql);
  };
  const inside = <T>(read: (database: BetterSqlite3.Database) => T): T => {
    const database = new BetterSqlite3(file);
    try {
      return read(database);
    } finally {
      database.close();
    }
  };
  const tables = () =>
    inside((database) =>
      database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all(),
    );

  it("applies the project's own migrations, once, in WAL mode and for this user only", () => {
    cpSync(MIGRATIONS_DIRECTORY, migrations, { recursive: true });

    const applied = migrate(file, migrations);
    expect(applied[0]).toMatch(/_init$/);
    expect(applied).toEqual([...applied].sort());
    expect(migrate(file, migrations)).toEqual([]);
    expect(inside((database) => database.pragma("journal_mode", { simple: true }))).toBe("wal");
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("applies in order of their names, and later only what is new", () => {
    add("2_child", "CREATE TABLE b (id TEXT PRIMARY KEY, a TEXT REFERENCES a(id));");
    add("1_parent", "CREATE TABLE a (id TEXT PRIMARY KEY);");
    expect(migrate(file, migrations)).toEqual(["1_parent", "2_child"]);

    add("3_more", "CREATE TABLE c (id TEXT PRIMARY KEY);");
    expect(migrate(file, migrations)).toEqual(["3_more"]);
  });

  it("refuses a migration that was edited after it was applied", () => {
    add("1_a", "CREATE TABLE a (id TEXT PRIMARY KEY);");
    migrate(file, migrations);

    add("1_a", "CREATE TABLE a (id TEXT PRIMARY KEY, b TEXT);");
    expect(() => migrate(file, migrations)).toThrow("1_a was edited after it was applied");
  });

  it("leaves nothing of a migration that fails, and goes on once it is repaired", () => {
    add("1_a", "CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE nonsense (;");
    expect(() => migrate(file, migrations)).toThrow("syntax error");
    expect(tables()).toEqual(["_prisma_migrations"]);

    add("1_a", "CREATE TABLE a (id TEXT PRIMARY KEY);");
    expect(migrate(file, migrations)).toEqual(["1_a"]);
  });

  it("keeps the child rows of a table that is made anew, and their link to it", () => {
    cpSync(MIGRATIONS_DIRECTORY, migrations, { recursive: true });
    migrate(file, migrations);
    inside((database) => {
      database.exec(`INSERT INTO attachment
          (id, cluster_id, namespace, name, service_uid, actor, actor_groups, write_anyway, take_ownership, state, reason, message, created_at, updated_at)
          VALUES ('1','c','ml','llama','u','jo','[]',0,0,'Pending','r','m',0,0);
        INSERT INTO attachment_transition VALUES ('t','c','1',1,0,NULL,'Pending','r','m');`);
    });
    const columns = inside(
      (database) =>
        database
          .prepare("SELECT sql FROM sqlite_master WHERE name = 'attachment'")
          .pluck()
          .get() as string,
    );
    // as `prisma migrate diff` writes the redefinition of a table
    add(
      "99999999999999_redefine",
      `PRAGMA defer_foreign_keys=ON;
       PRAGMA foreign_keys=OFF;
       ${columns.replace('"attachment"', '"new_attachment"').replace(/\)$/, ', "extra" TEXT)')};
       INSERT INTO "new_attachment" SELECT *, NULL FROM "attachment";
       DROP TABLE "attachment";
       ALTER TABLE "new_attachment" RENAME TO "attachment";
       PRAGMA foreign_keys=ON;
       PRAGMA defer_foreign_keys=OFF;`,
    );

    expect(migrate(file, migrations)).toEqual(["99999999999999_redefine"]);
    expect(
      inside((database) =>
        database.prepare("SELECT attachment_id FROM attachment_transition").pluck().all(),
      ),
    ).toEqual(["1"]);
    inside((database) => database.exec("DELETE FROM attachment"));
    expect(
      inside((database) =>
        database.prepare("SELECT count(*) FROM attachment_transition").pluck().get(),
      ),
    ).toBe(0);
  });

  it("refuses a migration that leaves rows without their parent", () => {
    add("1_a", "CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE b (a TEXT REFERENCES a(id));");
    migrate(file, migrations);
    inside((database) => database.exec("INSERT INTO a VALUES ('1'); INSERT INTO b VALUES ('1')"));

    add("2_lose", "DELETE FROM a;");
    expect(() => migrate(file, migrations)).toThrow("2_lose leaves 1 rows without parent");
    expect(inside((database) => database.prepare("SELECT id FROM a").pluck().all())).toEqual(["1"]);
  });
});

describe("openDatabase", () => {
  it("refuses a database that is not SQLite, and says how to name one", async () => {
    await expect(
      openDatabase({ url: "mysql://x", migrationsDirectory: MIGRATIONS_DIRECTORY }),
    ).rejects.toThrow("must begin with file:");
  });

  it("answers a ping, enforces foreign keys, and syncs each commit to the disk", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "mooring-open-"));
    const database = await openDatabase({
      url: `file:${path.join(directory, "a b", "m.db")}`,
      migrationsDirectory: MIGRATIONS_DIRECTORY,
    });
    await expect(database.ping()).resolves.toBeUndefined();
    expect(await database.prisma.$queryRawUnsafe("PRAGMA foreign_keys")).toMatchObject([
      { foreign_keys: 1n },
    ]);
    expect(await database.prisma.$queryRawUnsafe("PRAGMA synchronous")).toMatchObject([
      { synchronous: 2n },
    ]);
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  });
});
