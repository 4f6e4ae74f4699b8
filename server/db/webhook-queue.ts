import type { WebhookQueue } from "@/server/notification-ports";
import { answered } from "./database-errors";
import type { Prisma, PrismaClient } from "./generated/client";
import { inTransaction } from "./in-transaction";

/** The messages of every cluster this database knows: one receiver is meant for all of them. */
export function createWebhookQueue(prisma: PrismaClient): WebhookQueue {
  const update = (id: string, data: Prisma.WebhookDeliveryUpdateManyMutationInput) =>
    inTransaction(prisma, async (transaction) => {
      await transaction.webhookDelivery.updateMany({ where: { id, state: "Pending" }, data });
    });
  return {
    async pending(limit) {
      const rows = await answered(
        prisma.webhookDelivery.findMany({
          where: { state: "Pending" },
          orderBy: { id: "asc" },
          take: limit,
        }),
      );
      return rows.map(({ id, subject, payload, createdAt, attempts, nextAttemptAt }) => ({
        id,
        subject,
        payload,
        createdAt,
        attempts,
        nextAttemptAt,
      }));
    },
    delivered: (id, at) => update(id, { state: "Delivered", endedAt: at, lastError: null }),
    retry: (id, { at, error }) =>
      update(id, { attempts: { increment: 1 }, nextAttemptAt: at, lastError: error }),
    giveUp: (id, { at, error }) =>
      update(id, {
        state: "GivenUp",
        attempts: { increment: 1 },
        endedAt: at,
        lastError: error,
      }),
    summary: () => summarise(prisma),
  };
}

async function summarise(prisma: PrismaClient) {
  const groups = await answered(
    prisma.webhookDelivery.groupBy({ by: ["state"], _count: true, _max: { endedAt: true } }),
  );
  const count = (state: string) => groups.find((group) => group.state === state)?._count ?? 0;
  const delivered = groups.find(({ state }) => state === "Delivered");
  const failing = await answered(
    prisma.webhookDelivery.findFirst({
      where: { state: "Pending", attempts: { gt: 0 } },
      orderBy: { id: "asc" },
      select: { lastError: true },
    }),
  );
  return {
    pending: count("Pending"),
    delivered: count("Delivered"),
    givenUp: count("GivenUp"),
    lastDeliveredAt: delivered?._max.endedAt ?? null,
    lastError: failing?.lastError ?? null,
  };
}

/** Forgets messages that were made before, whatever became of them. Returns how many that were. */
export async function pruneWebhookQueue(prisma: PrismaClient, before: Date): Promise<number> {
  const { count } = await inTransaction(prisma, (transaction) =>
    transaction.webhookDelivery.deleteMany({ where: { createdAt: { lt: before } } }),
  );
  return count;
}
