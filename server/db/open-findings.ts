import { monotonicFactory } from "ulid";

import { findingCodeSchema, severitySchema } from "@/server/contract/finding";
import type { FindingChange, OpenFinding, OpenFindingStore } from "@/server/notification-ports";
import { answered } from "./database-errors";
import type { Prisma, PrismaClient } from "./generated/client";
import type { OpenFindingModel } from "./generated/models";
import { inTransaction } from "./in-transaction";

/** Keeps which findings of one cluster's services were told as open. Codes of another version are as good as closed. */
export function createOpenFindings(prisma: PrismaClient, clusterId: string): OpenFindingStore {
  const nextId = monotonicFactory();
  return {
    async list() {
      const rows = await answered(prisma.openFinding.findMany({ where: { clusterId } }));
      return rows.flatMap(toOpenFinding);
    },
    async apply(changes, messages) {
      await inTransaction(prisma, async (transaction) => {
        for (const change of changes) await write(transaction, clusterId, change);
        const rows = messages.map(({ subject, payload, createdAt }) => ({
          id: nextId(createdAt.getTime()),
          clusterId,
          subject,
          payload,
          state: "Pending",
          createdAt,
          attempts: 0,
          nextAttemptAt: createdAt,
        }));
        if (rows.length > 0) await transaction.webhookDelivery.createMany({ data: rows });
      });
    },
  };
}

async function write(
  transaction: Prisma.TransactionClient,
  clusterId: string,
  { service, code, closedAt, ...finding }: FindingChange,
): Promise<void> {
  const id = { clusterId, namespace: service.namespace, name: service.name, code };
  if (closedAt !== null) {
    await transaction.openFinding.deleteMany({ where: id });
    return;
  }
  await transaction.openFinding.upsert({
    where: { clusterId_namespace_name_code: id },
    create: { ...id, ...finding },
    update: finding,
  });
}

function toOpenFinding(row: OpenFindingModel): OpenFinding[] {
  const code = findingCodeSchema.safeParse(row.code);
  if (!code.success) return [];
  return [
    {
      service: { namespace: row.namespace, name: row.name },
      code: code.data,
      severity: severitySchema.parse(row.severity),
      message: row.message,
      nextStep: row.nextStep,
      openedAt: row.openedAt,
    },
  ];
}
