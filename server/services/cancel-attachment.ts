import type { Attachment } from "@/server/contract/attachment";
import { AppError, hasReason } from "@/server/errors";
import type { ServiceContext } from "./context";
import { getAttachment } from "./get-attachment";

/** The reconciler may move the attachment on while we look at it. */
const TRIES = 5;

/**
 * Ends an open attachment. What was already written stays written.
 * @throws AppError `NotFound`; `Conflict` when it has ended already.
 */
export async function cancelAttachment(ctx: ServiceContext, id: string): Promise<Attachment> {
  for (let attempt = 1; ; attempt += 1) {
    const attachment = await getAttachment(ctx, id);
    if (attachment.closedAt !== null)
      throw new AppError("Conflict", `The attachment has already ended as ${attachment.state}`);
    try {
      const cancelled = await ctx.attachments.transition(id, attachment.state, {
        to: "Cancelled",
        reason: "CancelledByUser",
        message: cancelMessage(attachment, ctx.actor.name),
      });
      ctx.acceptAttachment(cancelled);
      return cancelled;
    } catch (error) {
      if (!hasReason(error, "Conflict") || attempt === TRIES) throw error;
    }
  }
}

function cancelMessage({ state }: Attachment, actor: string): string {
  if (state === "Applied" || state === "Ignored")
    return `Cancelled by ${actor}. The change had been written to the service and stays.`;
  if (state === "Applying")
    return `Cancelled by ${actor} while it was being written; the service's spec says whether it was.`;
  return `Cancelled by ${actor}. Nothing was written.`;
}
