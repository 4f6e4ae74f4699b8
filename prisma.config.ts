import path from "node:path";
import { PrismaBetterSQLite3 } from "@prisma/adapter-better-sqlite3";
import { defineConfig } from "prisma/config";

// The command line is used for `generate` and `migrate diff` between schemas, and needs neither network nor database for
// them: without the datasource's variable it falls back to a native engine, which it would download; it asks its maker
// for updates unless told not to; and it opens the adapter's database even where it reads none.
process.env["DATABASE_URL"] ??= "file:./data/mooring.db";
process.env["CHECKPOINT_DISABLE"] ??= "1";

export default defineConfig({
  schema: path.join("prisma", "schema.prisma"),
  migrations: { path: path.join("prisma", "migrations") },
  experimental: { adapter: true },
  engine: "js",
  adapter: () => Promise.resolve(new PrismaBetterSQLite3({ url: ":memory:" })),
});
