import type { PrismaClient } from "./generated/client";
import { inTransaction } from "./in-transaction";

/** Rows per transaction: a long one would hold up every write. */
const BATCH = 1_000;

/**
 * Forgets what happened before `before`, in every cluster this database has known: also those that will never come back,
 * such as former lives of a sandbox. Returns how many rows that were.
 */
export async function pruneTimeline(prisma: PrismaClient, before: Date): Promise<number> {
  let pruned = 0;
  for (;;) {
    const rows = await prisma.timelineItem.findMany({
      where: { at: { lt: before } },
      select: { id: true },
      take: BATCH,
    });
    if (rows.length === 0) return pruned;
    const ids = rows.map(({ id }) => id);
    await inTransaction(prisma, (transaction) =>
      transaction.timelineItem.deleteMany({ where: { id: { in: ids } } }),
    );
    pruned += rows.length;
  }
}
