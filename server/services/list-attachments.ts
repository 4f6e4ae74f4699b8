import type { AttachmentList } from "@/server/contract/attachment";
import type { AttachmentQuery } from "@/server/contract/query";
import type { ServiceContext } from "./context";

/** Newest first. */
export async function listAttachments(
  ctx: ServiceContext,
  query: AttachmentQuery,
): Promise<AttachmentList> {
  const page = await ctx.attachments.list(query);
  return { items: [...page.items], continue: page.continue };
}
