import type { Attachment } from "@/server/contract/attachment";

/** What a request says by itself that goes back to an earlier one, or undoes it; the person may write something else. */
export function revertComment(
  { createdAt, actor, claimName }: Pick<Attachment, "createdAt" | "actor" | "claimName">,
  wanted: string | null,
): string {
  const which = `the request of ${actor} of ${createdAt.slice(0, 16).replace("T", " ")} UTC`;
  return claimName === wanted ? `Goes back to ${which}` : `Undoes ${which}`;
}
