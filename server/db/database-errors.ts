import { AppError } from "@/server/errors";
import { Prisma } from "./generated/client";

/** Prisma's codes for a database that cannot be had right now: unreachable, locked, or no transaction in time. */
const UNAVAILABLE = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);
/** Codes after which the same transaction may well succeed: a unique row was written meanwhile, or a write conflict. */
const RACED = new Set(["P2002", "P2034"]);

/** true: another writer was faster; reading again and retrying is right. */
export function isRaced(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && RACED.has(error.code);
}

/** Codes of SQLite itself that its adapter passes on, by their beginning, with what to say about the database. */
const SQLITE_FAULTS: readonly (readonly [string, string])[] = [
  ["SQLITE_BUSY", "The database is locked by another process."],
  ["SQLITE_LOCKED", "The database is locked by another process."],
  ["SQLITE_FULL", "The database, or the disk it is on, is full."],
  ["SQLITE_READONLY", "The database may not be written."],
  ["SQLITE_IOERR", "The disk that the database is on does not work."],
  ["SQLITE_CANTOPEN", "The database file cannot be opened."],
];

/** true: another process holds the database; the same transaction may succeed as soon as it lets go. */
export function isLocked(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === "P1008" || /^SQLITE_(BUSY|LOCKED)/u.test(error.code);
}

/** Turns what Prisma threw into our vocabulary, with the cause kept. What is not expected stays what it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return error;
  const fault = faultOf(error);
  if (fault !== null) {
    return new AppError("ServiceUnavailable", fault, { cause: error, retryAfterSeconds: 5 });
  }
  if (error.code === "P2002") {
    return new AppError("AlreadyExists", "Such a row exists already.", { cause: error });
  }
  if (error.code === "P2025") {
    return new AppError("NotFound", "There is no such row.", { cause: error });
  }
  return error;
}

function faultOf(error: Prisma.PrismaClientKnownRequestError): string | null {
  if (isLocked(error)) return "The database is locked by another process.";
  if (UNAVAILABLE.has(error.code)) return "The database does not answer.";
  return SQLITE_FAULTS.find(([code]) => error.code.startsWith(code))?.[1] ?? null;
}

/** The answer of a read. @throws AppError as `translateDatabaseError` has it. */
export async function answered<T>(read: PromiseLike<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw translateDatabaseError(error);
  }
}
