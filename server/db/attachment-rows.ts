import { z } from "zod";

import { attachmentSchema, persistenceSchema, type Attachment } from "@/server/contract/attachment";
import type { StoredAttachment } from "@/server/ports";
import type { Prisma } from "./generated/client";

/** Every read of an attachment brings its transitions, oldest first. */
export const WITH_TRANSITIONS = {
  transitions: { orderBy: { sequence: "asc" } },
} as const satisfies Prisma.AttachmentInclude;

export type AttachmentRow = Prisma.AttachmentGetPayload<{ include: typeof WITH_TRANSITIONS }>;

/** Rows stay inside `server/db`; the schema check catches drift between the two. Keys that are not on the wire are dropped. */
export function toAttachment(row: AttachmentRow): Attachment {
  return attachmentSchema.parse({
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    transitions: row.transitions.map((transition) => ({
      ...transition,
      at: transition.at.toISOString(),
      from: transition.fromState,
      to: transition.toState,
    })),
  });
}

const groupsSchema = z.array(z.string());

/** The attachment with what only the reconciler needs. */
export function toStored(row: AttachmentRow): StoredAttachment {
  return {
    attachment: toAttachment(row),
    persistence: persistenceSchema.nullable().parse(row.persistence),
    actor: { name: row.actor, groups: groupsSchema.parse(JSON.parse(row.actorGroups)) },
  };
}
