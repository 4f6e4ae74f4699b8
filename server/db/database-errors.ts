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

/** Turns what Prisma threw into our vocabulary, with the cause kept. What is not expected stays what it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return error;
  if (UNAVAILABLE.has(error.code)) {
    return new AppError("ServiceUnavailable", "The database does not answer.", { cause: error });
  }
  if (error.code === "P2002") {
    return new AppError("AlreadyExists", "Such a row exists already.", { cause: error });
  }
  if (error.code === "P2025") {
    return new AppError("NotFound", "There is no such row.", { cause: error });
  }
  return error;
}
