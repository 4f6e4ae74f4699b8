import { isRaced, translateDatabaseError } from "./database-errors";
import type { Prisma, PrismaClient } from "./generated/client";

const ATTEMPTS = 3;

/**
 * Runs `work` in one transaction, all or nothing, and again when another writer was faster. `work` must do nothing but
 * database work, and may run up to three times.
 *
 * @throws AppError `ServiceUnavailable` when the database cannot be had, and whatever `work` throws.
 */
export async function inTransaction<T>(
  prisma: PrismaClient,
  work: (transaction: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await prisma.$transaction(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isRaced(error)) throw translateDatabaseError(error);
    }
  }
}
