import { setTimeout as wait } from "node:timers/promises";

import { isLocked, isRaced, translateDatabaseError } from "./database-errors";
import type { Prisma, PrismaClient } from "./generated/client";

const ATTEMPTS = 3;
/** Between tries while another process holds the database, e.g. for a backup; about two seconds together. */
const LOCK_WAITS_MS = [50, 100, 200, 400, 800];

/**
 * Runs `work` in one transaction, all or nothing, and again when another writer was faster or holds the database. `work` must do nothing but
 * database work, and may run several times.
 *
 * @throws AppError `ServiceUnavailable` when the database cannot be had, and whatever `work` throws.
 */
export async function inTransaction<T>(
  prisma: PrismaClient,
  work: (transaction: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  let races = 0;
  let locks = 0;
  for (;;) {
    try {
      return await prisma.$transaction(work);
    } catch (error) {
      if (isRaced(error) && ++races < ATTEMPTS) continue;
      const waitMs = isLocked(error) ? LOCK_WAITS_MS[locks++] : undefined;
      if (waitMs === undefined) throw translateDatabaseError(error);
      await wait(waitMs);
    }
  }
}
