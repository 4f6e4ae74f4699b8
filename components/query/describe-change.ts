import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";

/** What is worth saying aloud about a service that changed; null when only numbers moved. */
export function describeServiceChange(
  before: ServiceView | undefined,
  after: ServiceView,
): string | null {
  if (before === undefined || before.severity === after.severity) return null;
  const [worst] = after.findings;
  if (after.severity === "ok" || worst === undefined) return `${after.name}: no findings any more`;
  return `${after.name}: ${after.severity}, ${worst.message}`;
}

/** What is worth saying aloud about an attachment that changed. */
export function describeAttachmentChange(
  before: Attachment | undefined,
  after: Attachment,
): string | null {
  const moved = before?.state !== after.state || before.reason !== after.reason;
  return moved ? `Attachment of ${after.name}: ${after.state}. ${after.message}` : null;
}
