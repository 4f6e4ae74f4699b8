"use client";

import { Button } from "@mantine/core";
import { IconAnchor, IconArrowNarrowRight } from "@tabler/icons-react";
import { useState } from "react";

import { useAttachUrl } from "@/components/attach/attach-url";
import { revert } from "@/components/attach/revert";
import { attachmentTone, isCancellable, isOpen } from "@/components/attach/attachment-words";
import { formatExact } from "@/components/format/age";
import { Age } from "@/components/primitives/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { EmptyState } from "@/components/primitives/states";
import { useCancelAttachment } from "@/components/query/attachments";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";

type AttachmentsTabProps = Readonly<{
  service: ServiceView;
  attachments: readonly Attachment[];
}>;

/** Every request to set or remove the claim: who, when, and how it ended. */
export function AttachmentsTab({ service, attachments }: AttachmentsTabProps) {
  const attach = useAttachUrl();
  const newestFirst = [...attachments].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  if (attachments.length === 0) {
    return (
      <EmptyState
        icon={IconAnchor}
        title="No claim was attached through Mooring"
        action={<Button onClick={() => attach.open("")}>Attach a claim</Button>}
      >
        Requests to set or remove the claim of {service.name} are kept here, with who asked and how
        they ended.
      </EmptyState>
    );
  }
  return (
    <ol className="attachments">
      {newestFirst.map((attachment) => (
        <AttachmentItem key={attachment.id} attachment={attachment} service={service} />
      ))}
    </ol>
  );
}

type AttachmentItemProps = Readonly<{ attachment: Attachment; service: ServiceView }>;

function AttachmentItem({ attachment, service }: AttachmentItemProps) {
  const [open, setOpen] = useState(isOpen(attachment));
  const cancel = useCancelAttachment();
  return (
    <li className="card attachment">
      <div className="attachment-head">
        <span className={`with-icon attachment-state tone-${attachmentTone(attachment)}`}>
          <SeverityIcon severity={attachmentTone(attachment)} size={14} />
          {attachment.state}
        </span>
        <span className="mono attachment-claims">
          <span className="dim">{attachment.previousClaimName ?? "no claim"}</span>
          <IconArrowNarrowRight size={14} stroke={1.5} aria-label="to" />
          {attachment.claimName ?? "no claim"}
        </span>
        {attachment.persistence === null ? null : (
          <span className="dim">persistence {attachment.persistence}</span>
        )}
        <span className="dim">by {attachment.actor}</span>
        <span className="faint">
          <Age at={attachment.createdAt} suffix=" ago" />
        </span>
        <span className="attachment-actions">
          <button
            type="button"
            className="link-button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? "Hide steps" : `${attachment.transitions.length} steps`}
          </button>
          {isCancellable(attachment) ? (
            <button
              type="button"
              className="link-button"
              onClick={() => cancel.mutate(attachment.id)}
            >
              Cancel
            </button>
          ) : null}
          <RevertButton attachment={attachment} service={service} />
        </span>
      </div>
      <p className="dim">{attachment.message}</p>
      {attachment.comment === null ? null : (
        <p className="attachment-comment">“{attachment.comment}”</p>
      )}
      {cancel.error ? <p className="tone-error">{cancel.error.message}</p> : null}
      {open ? (
        <ol className="transitions">
          {attachment.transitions.map((step) => (
            <li key={`${step.at}${step.to}${step.reason}`}>
              <time className="faint num" dateTime={step.at} title={formatExact(new Date(step.at))}>
                {new Date(step.at).toLocaleTimeString("en-GB")}
              </time>
              <b>{step.to}</b>
              <span className="mono faint">{step.reason}</span>
              <span className="dim">{step.message}</span>
            </li>
          ))}
        </ol>
      ) : null}
    </li>
  );
}

/** Back to what the request asked for: offered once it has ended, unless the spec says that already. */
function RevertButton({ attachment, service }: AttachmentItemProps) {
  const attach = useAttachUrl();
  if (isOpen(attachment)) return null;
  const { claimName, persistence } = attachment;
  const { declaredClaim, persistence: now } = service.cache;
  if (claimName === declaredClaim && (persistence === null || persistence === now)) {
    return <span className="faint">in the spec now</span>;
  }
  const worked = attachment.transitions.some(({ to }) => to === "Applied");
  return (
    <button
      type="button"
      className="link-button"
      aria-label={`${worked ? "Revert to" : "Use again:"} ${claimName ?? "no claim"}`}
      onClick={() => revert(attach, attachment)}
    >
      {worked ? "Revert to this…" : "Use this again…"}
    </button>
  );
}
