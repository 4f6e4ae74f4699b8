import {
  cancellableAttachmentStates,
  closedAttachmentStates,
  type Attachment,
  type AttachmentState,
} from "@/server/contract/attachment";
import type { Severity } from "@/server/contract/finding";

const TONES = {
  Pending: "info",
  Applying: "info",
  Applied: "info",
  Effective: "ok",
  Blocked: "warning",
  Ignored: "warning",
  Conflict: "error",
  Forbidden: "error",
  Superseded: "unknown",
  Cancelled: "unknown",
  ServiceGone: "unknown",
} as const satisfies Record<AttachmentState, Severity>;

/** How an attachment's state is drawn. */
export function attachmentTone(attachment: Pick<Attachment, "state">): Severity {
  return TONES[attachment.state];
}

/** Something may still happen to it. */
export function isOpen(attachment: Pick<Attachment, "state">): boolean {
  return !(closedAttachmentStates as readonly AttachmentState[]).includes(attachment.state);
}

/** Nothing of it has been written yet, so it can still be taken back. */
export function isCancellable(attachment: Pick<Attachment, "state">): boolean {
  return (cancellableAttachmentStates as readonly AttachmentState[]).includes(attachment.state);
}
