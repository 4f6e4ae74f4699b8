import type { PrismaClient } from "./generated/client";
import { inTransaction } from "./in-transaction";

/** Rows per transaction: a long one would hold up every write. */
const BATCH = 1_000;

/** What is kept at most; whatever is over one of the bounds goes, oldest first. */
export type TimelineBounds = {
  /** What happened before is forgotten. */
  readonly before: Date;
  readonly perService: number;
  /** Of all services of all clusters together. */
  readonly total: number;
};

/**
 * Forgets what is over the bounds, in every cluster this database has known: also those that will never come back, such
 * as former lives of a sandbox. Returns how many rows that were.
 */
export async function pruneTimeline(prisma: PrismaClient, bounds: TimelineBounds): Promise<number> {
  const tooOld = await prune(prisma, () =>
    idsOf(prisma.timelineItem.findMany({ where: { at: { lt: bounds.before } }, ...SOME })),
  );
  const ofBusy = await pruneBusyServices(prisma, bounds.perService);
  const excess = Math.max(0, (await prisma.timelineItem.count()) - bounds.total);
  let left = excess;
  const overAll = await prune(prisma, async () => {
    const take = Math.min(left, BATCH);
    left -= take;
    if (take === 0) return [];
    const orderBy = [{ at: "asc" }, { id: "asc" }] as const;
    return idsOf(prisma.timelineItem.findMany({ ...SOME, orderBy: [...orderBy], take }));
  });
  return tooOld + ofBusy + overAll;
}

const SOME = { select: { id: true }, take: BATCH } as const;

const idsOf = async (rows: PromiseLike<readonly { readonly id: string }[]>): Promise<string[]> =>
  (await rows).map(({ id }) => id);

async function pruneBusyServices(prisma: PrismaClient, perService: number): Promise<number> {
  const busy = await prisma.timelineItem.groupBy({
    by: ["clusterId", "serviceNamespace", "serviceName"],
    having: { id: { _count: { gt: perService } } },
  });
  let pruned = 0;
  for (const service of busy)
    pruned += await prune(prisma, () =>
      idsOf(
        prisma.timelineItem.findMany({
          where: service,
          orderBy: [{ at: "desc" }, { id: "desc" }],
          skip: perService,
          ...SOME,
        }),
      ),
    );
  return pruned;
}

/** Deletes what `next` names until it names nothing. */
async function prune(prisma: PrismaClient, next: () => Promise<string[]>): Promise<number> {
  let pruned = 0;
  for (;;) {
    const ids = await next();
    if (ids.length === 0) return pruned;
    await inTransaction(prisma, (transaction) =>
      transaction.timelineItem.deleteMany({ where: { id: { in: ids } } }),
    );
    pruned += ids.length;
  }
}
