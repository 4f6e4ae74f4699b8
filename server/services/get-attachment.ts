import type { Attachment } from "@/server/contract/attachment";
import { AppError } from "@/server/errors";
import type { ServiceContext } from "./context";

/** @throws AppError `NotFound`. */
export async function getAttachment(ctx: ServiceContext, id: string): Promise<Attachment> {
  const attachment = await ctx.attachments.get(id);
  if (!attachment) throw new AppError("NotFound", `There is no attachment ${id}`);
  return attachment;
}
