import type { Attachment } from "@/server/contract/attachment";

/** What a request says by itself that goes back to an earlier one; the person may write something else. */
export function revertComment({
  createdAt,
  actor,
}: Pick<Attachment, "createdAt" | "actor">): string {
  const at = createdAt.slice(0, 16).replace("T", " ");
  return `Revert, by the request of ${actor} of ${at} UTC`;
}
