import type { Attachment } from "@/server/contract/attachment";
import { AppError } from "@/server/errors";
import type { NewAttachment } from "@/server/ports";
import { toAttachment, WITH_TRANSITIONS, type AttachmentRow } from "./attachment-rows";
import type { Prisma } from "./generated/client";

export type WriteContext = {
  readonly clusterId: string;
  readonly now: () => Date;
  /** Ids in the order of their making. */
  readonly nextId: () => string;
};

/**
 * Stores a new request as `Pending` and closes the open one of the same service as `Superseded`. An actor's request
 * repeated under its idempotency key is the first one again, whatever became of it.
 *
 * @throws AppError `Invalid` when the key was used for another request.
 */
export async function createAttachment(
  transaction: Prisma.TransactionClient,
  input: NewAttachment,
  context: WriteContext,
): Promise<Attachment> {
  const earlier = await findRepeated(transaction, input, context.clusterId);
  if (earlier !== null) return toAttachment(earlier);
  const openKey = `${context.clusterId}/${input.serviceUid}`;
  await supersedeOpen(transaction, { openKey, input }, context);
  const at = context.now();
  const { key, actor, ...fields } = input;
  const begin = { reason: "Accepted", message: wish(input) };
  const row = await transaction.attachment.create({
    data: {
      ...fields,
      id: context.nextId(),
      clusterId: context.clusterId,
      namespace: key.namespace,
      name: key.name,
      actor: actor.name,
      actorGroups: JSON.stringify(actor.groups),
      state: "Pending",
      ...begin,
      createdAt: at,
      updatedAt: at,
      openKey,
      transitions: {
        create: {
          id: context.nextId(),
          clusterId: context.clusterId,
          sequence: 1,
          at,
          toState: "Pending",
          ...begin,
        },
      },
    },
    include: WITH_TRANSITIONS,
  });
  return toAttachment(row);
}

function wish({ claimName, actor }: NewAttachment): string {
  return claimName === null
    ? `${actor.name} asked to remove the claim.`
    : `${actor.name} asked for claim "${claimName}".`;
}

async function findRepeated(
  transaction: Prisma.TransactionClient,
  input: NewAttachment,
  clusterId: string,
): Promise<AttachmentRow | null> {
  if (input.idempotencyKey === null) return null;
  const row = await transaction.attachment.findFirst({
    where: { clusterId, actor: input.actor.name, idempotencyKey: input.idempotencyKey },
    include: WITH_TRANSITIONS,
  });
  if (row === null || isSameRequest(row, input)) return row;
  const detail = "was used for a different request";
  throw new AppError("Invalid", `The idempotency key ${detail}.`, {
    errors: [{ pointer: "#/header/Idempotency-Key", detail }],
  });
}

function isSameRequest(row: AttachmentRow, input: NewAttachment): boolean {
  return (
    row.namespace === input.key.namespace &&
    row.name === input.key.name &&
    row.claimName === input.claimName &&
    row.persistence === input.persistence &&
    row.writeAnyway === input.writeAnyway &&
    row.takeOwnership === input.takeOwnership
  );
}

async function supersedeOpen(
  transaction: Prisma.TransactionClient,
  { openKey, input }: { readonly openKey: string; readonly input: NewAttachment },
  { clusterId, now, nextId }: WriteContext,
): Promise<void> {
  const open = await transaction.attachment.findUnique({
    where: { openKey },
    include: WITH_TRANSITIONS,
  });
  if (open === null) return;
  const at = now();
  const end = { reason: "NewerRequest", message: `A newer request took its place: ${wish(input)}` };
  await transaction.attachment.update({
    where: { id: open.id },
    data: { state: "Superseded", ...end, updatedAt: at, closedAt: at, openKey: null },
  });
  await transaction.attachmentTransition.create({
    data: {
      id: nextId(),
      clusterId,
      attachmentId: open.id,
      sequence: open.transitions.length + 1,
      at,
      fromState: open.state,
      toState: "Superseded",
      ...end,
    },
  });
}
