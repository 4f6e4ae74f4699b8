import { monotonicFactory } from "ulid";
import { z } from "zod";

import { closedAttachmentStates, type Attachment } from "@/server/contract/attachment";
import { AppError } from "@/server/errors";
import type { AttachmentStore, Clock, StoredAttachment } from "@/server/ports";
import { toAttachment, toStored, WITH_TRANSITIONS, type AttachmentRow } from "./attachment-rows";
import { parseContinueToken, toContinueToken } from "./continue-token";
import { createAttachment, type WriteContext } from "./create-attachment";
import { answered } from "./database-errors";
import type { Prisma, PrismaClient } from "./generated/client";
import { inTransaction } from "./in-transaction";

const positionSchema = z.strictObject({ id: z.string() });
const closed: readonly string[] = closedAttachmentStates;

/**
 * The attachments of one cluster; rows of another cluster are not there. Every change of state is one transaction that
 * also records the transition.
 */
export function createAttachmentStore(
  prisma: PrismaClient,
  clusterId: string,
  clock: Clock,
): AttachmentStore {
  const nextUlid = monotonicFactory();
  const context: WriteContext = {
    clusterId,
    now: () => clock.now(),
    nextId: () => nextUlid(clock.now().getTime()),
  };
  const find = (id: string): Promise<AttachmentRow | null> =>
    prisma.attachment.findUnique({ where: { id, clusterId }, include: WITH_TRANSITIONS });

  return {
    create: (input) =>
      inTransaction(prisma, (transaction) => createAttachment(transaction, input, context)),
    async get(id) {
      const row = await find(id);
      return row && toAttachment(row);
    },
    async getStored(id) {
      const row = await find(id);
      return row && toStored(row);
    },
    list: (filter) => listAttachments(prisma, clusterId, filter),
    listOpen: () => listOpen(prisma, clusterId),
    listCurrent: () => listCurrent(prisma, clusterId),
    transition: (id, from, next) =>
      inTransaction(prisma, (transaction) => transit(transaction, { id, from, ...next }, context)),
  };
}

async function listAttachments(
  prisma: PrismaClient,
  clusterId: string,
  filter: Parameters<AttachmentStore["list"]>[0],
): Promise<{ items: readonly Attachment[]; continue: string | null }> {
  const { namespace, name, state, claim, limit } = filter;
  const before =
    filter.continue === undefined ? null : parseContinueToken(filter.continue, positionSchema).id;
  const rows = await answered(
    prisma.attachment.findMany({
      where: {
        clusterId,
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
        ...(state !== undefined && { state }),
        ...(claim !== undefined && { claimName: claim }),
        ...(before !== null && { id: { lt: before } }),
      },
      orderBy: { id: "desc" },
      take: limit + 1, // one more tells whether there is a next page
      include: WITH_TRANSITIONS,
    }),
  );
  const items = rows.slice(0, limit).map(toAttachment);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, continue: more ? toContinueToken({ id: last.id }) : null };
}

async function listOpen(
  prisma: PrismaClient,
  clusterId: string,
): Promise<readonly StoredAttachment[]> {
  const rows = await prisma.attachment.findMany({
    where: { clusterId, closedAt: null },
    orderBy: { id: "asc" },
    include: WITH_TRANSITIONS,
  });
  return rows.map(toStored);
}

async function listCurrent(
  prisma: PrismaClient,
  clusterId: string,
): Promise<readonly Attachment[]> {
  const newest = await prisma.attachment.groupBy({
    by: ["namespace", "name"],
    where: { clusterId },
    _max: { id: true },
  });
  const current = new Map<string, Attachment>();
  const ids = newest.flatMap((group) => group._max.id ?? []);
  for (let start = 0; start < ids.length; start += 500) {
    const rows = await prisma.attachment.findMany({
      where: { id: { in: ids.slice(start, start + 500) } },
      include: WITH_TRANSITIONS,
    });
    for (const row of rows) current.set(`${row.namespace}/${row.name}`, toAttachment(row));
  }
  for (const { attachment } of await listOpen(prisma, clusterId)) {
    current.set(`${attachment.namespace}/${attachment.name}`, attachment);
  }
  return [...current.values()];
}

type Transit = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly message: string;
};

async function transit(
  transaction: Prisma.TransactionClient,
  { id, from, to, reason, message }: Transit,
  { clusterId, now, nextId }: WriteContext,
): Promise<Attachment> {
  const at = now();
  const { count } = await transaction.attachment.updateMany({
    where: { id, clusterId, state: from, closedAt: null },
    data: {
      state: to,
      reason,
      message,
      updatedAt: at,
      ...(closed.includes(to) && { closedAt: at, openKey: null }),
    },
  });
  if (count === 0) throw await refusal(transaction, { id, clusterId, from });
  const sequence =
    1 + (await transaction.attachmentTransition.count({ where: { attachmentId: id } }));
  await transaction.attachmentTransition.create({
    data: {
      id: nextId(),
      clusterId,
      attachmentId: id,
      sequence,
      at,
      fromState: from,
      toState: to,
      reason,
      message,
    },
  });
  const row = await transaction.attachment.findUniqueOrThrow({
    where: { id },
    include: WITH_TRANSITIONS,
  });
  return toAttachment(row);
}

async function refusal(
  transaction: Prisma.TransactionClient,
  {
    id,
    clusterId,
    from,
  }: { readonly id: string; readonly clusterId: string; readonly from: string },
): Promise<AppError> {
  const row = await transaction.attachment.findUnique({ where: { id, clusterId } });
  if (row === null) return new AppError("NotFound", `There is no attachment ${id}.`);
  return new AppError("Conflict", `Attachment ${id} is ${row.state}, no longer ${from}.`);
}
