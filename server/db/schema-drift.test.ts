import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { migrate } from "./migrate";
import { MIGRATIONS_DIRECTORY } from "./test-database";

/** Tables, columns, indexes and references: what counts of a schema, however it came about. */
function shapeOf(database: BetterSqlite3.Database) {
  const tables = database
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name",
    )
    .pluck()
    .all() as string[];
  return tables.map((table) => {
    const indexes = database.pragma(`index_list("${table}")`) as {
      name: string;
      unique: number;
      origin: string;
    }[];
    return {
      table,
      columns: database
        .prepare(
          'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?) ORDER BY name',
        )
        .all(table),
      indexes: indexes
        .map(({ name, unique, origin }) => ({
          name,
          unique,
          origin,
          columns: database
            .prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno")
            .pluck()
            .all(name),
        }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
      references: database
        .prepare(
          'SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)',
        )
        .all(table),
    };
  });
}

describe("schema and migrations", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "mooring-drift-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(
    "agree: a database that was migrated is the one the client was generated for",
    { timeout: 60_000 },
    () => {
      const script = execFileSync(
        process.execPath,
        [
          path.resolve("node_modules/prisma/build/index.js"),
          ...["migrate", "diff", "--from-empty", "--script"],
          ...["--to-schema-datamodel", "prisma/schema.prisma"],
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      );
      const wanted = new BetterSqlite3(":memory:");
      wanted.exec(script);
      const file = path.join(directory, "migrated.db");
      migrate(file, MIGRATIONS_DIRECTORY);
      const migrated = new BetterSqlite3(file);

      const shape = shapeOf(migrated);
      expect(shape.map(({ table }) => table)).toContain("attachment");
      expect(shape).toEqual(shapeOf(wanted));
      wanted.close();
      migrated.close();
    },
  );
});
