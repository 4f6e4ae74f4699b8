import type { Attachment } from "@/server/contract/attachment";

/** Whether `current` stays the attachment of its service although the other one is told: an open one before a closed one, a later one before an earlier. */
export function outranks(current: Attachment, other: Attachment): boolean {
  if (current.id === other.id) return false;
  const open = current.closedAt === null;
  if (open !== (other.closedAt === null)) return open;
  return current.id > other.id;
}
