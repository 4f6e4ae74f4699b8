import { type Attachment, cancellableAttachmentStates } from "@/server/contract/attachment";
import { AppError, hasReason } from "@/server/errors";
import type { ServiceContext } from "./context";
import { getAttachment } from "./get-attachment";

/** The reconciler may move the attachment on while we look at it. */
const TRIES = 5;

/**
 * Ends an attachment of which nothing has been written yet.
 * @throws AppError `NotFound`; `Conflict` when it has ended already, was written, or is being written.
 */
export async function cancelAttachment(ctx: ServiceContext, id: string): Promise<Attachment> {
  for (let attempt = 1; ; attempt += 1) {
    const attachment = await getAttachment(ctx, id);
    refuseUnlessUnwritten(attachment);
    try {
      // Only from the state just seen: what has moved on meanwhile is looked at again.
      const cancelled = await ctx.attachments.transition(id, attachment.state, {
        to: "Cancelled",
        reason: "CancelledByUser",
        message: `Cancelled by ${ctx.actor.name}. Nothing was written.`,
      });
      ctx.acceptAttachment(cancelled);
      return cancelled;
    } catch (error) {
      if (!hasReason(error, "Conflict") || attempt === TRIES) throw error;
    }
  }
}

function refuseUnlessUnwritten({ state, closedAt, claimName }: Attachment): void {
  if (closedAt !== null)
    throw new AppError("Conflict", `The attachment has already ended as ${state}`);
  if (cancellableAttachmentStates.some((unwritten) => unwritten === state)) return;
  const written = state === "Applying" ? "is being written" : "has been written";
  const instead =
    claimName === null
      ? "Attach the claim again instead."
      : "Detach the claim or go back to the one before instead.";
  throw new AppError(
    "Conflict",
    `The change ${written} to the service and can no longer be cancelled. ${instead}`,
  );
}
