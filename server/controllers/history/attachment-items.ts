import type { Attachment, AttachmentState } from "@/server/contract/attachment";
import type { Severity } from "@/server/contract/finding";
import type { NewTimelineItem } from "@/server/ports";

const SEVERITY: Record<AttachmentState, Severity> = {
  Pending: "info",
  Applying: "info",
  Applied: "info",
  Effective: "ok",
  Blocked: "warning",
  Ignored: "warning",
  Conflict: "error",
  Forbidden: "error",
  Superseded: "info",
  Cancelled: "info",
  ServiceGone: "warning",
};

/** Every transition of the attachment, oldest first; recording them again changes nothing. */
export function attachmentItems(attachment: Attachment): NewTimelineItem[] {
  const { id, namespace, name, actor, transitions } = attachment;
  return transitions.map((transition, position) => ({
    service: { namespace, name },
    dedupeKey: `attachment/${id}/${position + 1}`,
    at: transition.at,
    source: "Attachment",
    kind: "InferenceService",
    namespace,
    name,
    reason: transition.to,
    message: transition.message,
    severity: SEVERITY[transition.to],
    count: 1,
    actor: transition.from === null ? actor : null,
  }));
}
