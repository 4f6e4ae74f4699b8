import type { HistoryMarks } from "@/server/ports";
import type { PrismaClient } from "./generated/client";
import { inTransaction } from "./in-transaction";

/** Keeps one instant per cluster: until when history was recorded. */
export function createHistoryMarks(prisma: PrismaClient, clusterId: string): HistoryMarks {
  return {
    async recordedUntil() {
      const row = await prisma.historyMark.findUnique({ where: { clusterId } });
      return row?.recordedAt ?? null;
    },
    async recordUntil(recordedAt) {
      await inTransaction(prisma, (transaction) =>
        transaction.historyMark.upsert({
          where: { clusterId },
          create: { clusterId, recordedAt },
          update: { recordedAt },
        }),
      );
    },
  };
}
