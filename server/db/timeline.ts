import { setImmediate } from "node:timers/promises";
import { monotonicFactory } from "ulid";
import { z } from "zod";

import type { ObjectKey } from "@/server/contract/service-view";
import { timelineItemSchema, type TimelineItem } from "@/server/contract/timeline";
import type { NewTimelineItem, TimelineFilter, TimelineStore } from "@/server/ports";
import { parseContinueToken, toContinueToken } from "./continue-token";
import { answered } from "./database-errors";
import type { Prisma, PrismaClient } from "./generated/client";
import type { TimelineItemModel } from "./generated/models";
import { inTransaction } from "./in-transaction";

/** Rows per transaction: few enough to leave the event loop free, and below every database's limit of parameters. */
const BATCH = 100;

/** Objects told for the choice of a filter; pods come and go without end. */
const MOST_OBJECTS = 200;

const positionSchema = z.strictObject({ at: z.iso.datetime(), id: z.string() });

/**
 * The timeline of one cluster's services, newest first. An item recorded again under its dedupe key is one row; when it
 * comes with a higher `count`, that row is moved to the newer time and count.
 */
export function createTimelineStore(prisma: PrismaClient, clusterId: string): TimelineStore {
  const nextId = monotonicFactory();
  return {
    async append(items) {
      const distinct = [...mergeRepeats(items).values()];
      for (let start = 0; start < distinct.length; start += BATCH) {
        const batch = distinct.slice(start, start + BATCH);
        await inTransaction(prisma, (transaction) =>
          write(transaction, batch, { clusterId, nextId: () => nextId() }),
        );
        await setImmediate();
      }
    },

    async list(service, page) {
      const rows = await answered(
        prisma.timelineItem.findMany({
          where: {
            clusterId,
            serviceNamespace: service.namespace,
            serviceName: service.name,
            AND: [matching(page), ...(page.continue === undefined ? [] : [after(page.continue)])],
          },
          orderBy: [{ at: "desc" }, { id: "desc" }],
          take: page.limit + 1, // one more tells whether there is a next page
        }),
      );
      const items = rows.slice(0, page.limit);
      const last = items.at(-1);
      const more = rows.length > page.limit && last !== undefined;
      return {
        items: items.map(toTimelineItem),
        continue: more ? toContinueToken({ at: last.at.toISOString(), id: last.id }) : null,
      };
    },

    objects: (service) => listObjects(prisma, clusterId, service),
  };
}

async function listObjects(prisma: PrismaClient, clusterId: string, service: ObjectKey) {
  const groups = await answered(
    prisma.timelineItem.groupBy({
      by: ["kind", "name"],
      where: {
        clusterId,
        serviceNamespace: service.namespace,
        serviceName: service.name,
        source: { not: "Gap" },
      },
      orderBy: { _max: { at: "desc" } },
      take: MOST_OBJECTS,
    }),
  );
  return groups.map(({ kind, name }) => ({ kind, name }));
}

function matching({ source, kind, object }: TimelineFilter): Prisma.TimelineItemWhereInput {
  const wanted = {
    ...(source && { source: { in: [...source] } }),
    ...(kind && { kind: { in: [...kind] } }),
    ...(object !== undefined && { name: object }),
  };
  return Object.keys(wanted).length === 0 ? {} : { OR: [wanted, { source: "Gap" }] };
}

function after(token: string): Prisma.TimelineItemWhereInput {
  const position = parseContinueToken(token, positionSchema);
  const at = new Date(position.at);
  return { OR: [{ at: { lt: at } }, { at, id: { lt: position.id } }] };
}

const identity = (service: ObjectKey, dedupeKey: string): string =>
  JSON.stringify([service.namespace, service.name, dedupeKey]);

function mergeRepeats(items: readonly NewTimelineItem[]): Map<string, NewTimelineItem> {
  const merged = new Map<string, NewTimelineItem>();
  for (const item of items) {
    const key = identity(item.service, item.dedupeKey);
    const known = merged.get(key);
    if (known === undefined || item.count > known.count) merged.set(key, item);
  }
  return merged;
}

type WriteContext = { readonly clusterId: string; readonly nextId: () => string };

async function write(
  transaction: Prisma.TransactionClient,
  items: readonly NewTimelineItem[],
  { clusterId, nextId }: WriteContext,
): Promise<void> {
  const known = await findKnown(transaction, items, clusterId);
  const fresh: Prisma.TimelineItemCreateManyInput[] = [];
  for (const item of items) {
    const row = known.get(identity(item.service, item.dedupeKey));
    if (row === undefined) fresh.push(toRow(item, clusterId, nextId()));
    else if (item.count > row.count) {
      const { count, message } = item;
      const at = new Date(item.at);
      await transaction.timelineItem.update({
        where: { id: row.id },
        data: { count, message, at },
      });
    }
  }
  if (fresh.length > 0) await transaction.timelineItem.createMany({ data: fresh });
}

async function findKnown(
  transaction: Prisma.TransactionClient,
  items: readonly NewTimelineItem[],
  clusterId: string,
): Promise<ReadonlyMap<string, { readonly id: string; readonly count: number }>> {
  const rows = await transaction.timelineItem.findMany({
    where: {
      clusterId,
      OR: items.map(({ service, dedupeKey }) => ({
        serviceNamespace: service.namespace,
        serviceName: service.name,
        dedupeKey,
      })),
    },
    select: { id: true, count: true, serviceNamespace: true, serviceName: true, dedupeKey: true },
  });
  return new Map(
    rows.map((row) => [
      identity({ namespace: row.serviceNamespace, name: row.serviceName }, row.dedupeKey),
      row,
    ]),
  );
}

function toRow(
  { service, at, ...item }: NewTimelineItem,
  clusterId: string,
  id: string,
): Prisma.TimelineItemCreateManyInput {
  return {
    ...item,
    id,
    clusterId,
    serviceNamespace: service.namespace,
    serviceName: service.name,
    at: new Date(at),
  };
}

function toTimelineItem(row: TimelineItemModel): TimelineItem {
  return timelineItemSchema.parse({ ...row, at: row.at.toISOString() });
}
