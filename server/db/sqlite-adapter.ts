import { PrismaBetterSQLite3 } from "@prisma/adapter-better-sqlite3";

type Connection = Awaited<ReturnType<PrismaBetterSQLite3["connect"]>>;
type OpenTransaction = Awaited<ReturnType<Connection["startTransaction"]>>;

/**
 * Prisma's adapter, with transactions that always end. SQLite itself rolls back what it fails to write ("database or
 * disk is full"); the ROLLBACK that Prisma then sends fails, the adapter never hears of the end, and its lock would keep
 * every later transaction waiting for ever. A COMMIT that fails is rolled back here for the same reason.
 */
export class SqliteAdapter extends PrismaBetterSQLite3 {
  override async connect(): Promise<Connection> {
    const connection = await super.connect();
    const start = connection.startTransaction.bind(connection);
    connection.startTransaction = async (isolation) => endForSure(await start(isolation));
    return connection;
  }
}

function endForSure(transaction: OpenTransaction): OpenTransaction {
  const send = transaction.executeRaw.bind(transaction);
  const release = transaction.rollback.bind(transaction);
  let released = false;
  const releaseOnce = async () => {
    if (released) return;
    released = true;
    await release();
  };
  transaction.commit = releaseOnce;
  transaction.rollback = releaseOnce;
  transaction.executeRaw = async (query) => {
    if (query.sql === "ROLLBACK") return send(query).catch(() => 0); // there is none any more
    if (query.sql !== "COMMIT") return send(query);
    try {
      return await send(query);
    } catch (error) {
      await send({ ...query, sql: "ROLLBACK" }).catch(() => 0); // SQLite may have done it by itself
      await releaseOnce();
      throw error;
    }
  };
  return transaction;
}
