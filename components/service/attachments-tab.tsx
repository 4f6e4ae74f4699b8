"use client";

import { Button } from "@mantine/core";
import { IconAnchor, IconArrowNarrowRight } from "@tabler/icons-react";
import { useState } from "react";

import { useAttachUrl } from "@/components/attach/attach-url";
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
        <AttachmentItem key={attachment.id} attachment={attachment} />
      ))}
    </ol>
  );
}

function AttachmentItem({ attachment }: Readonly<{ attachment: Attachment }>) {
  const [open, setOpen] = useState(isOpen(attachment));
  const cancel = useCancelAttachment();
  const attach = useAttachUrl();
  const again = () =>
    attachment.claimName === null ? attach.openDetach() : attach.open(attachment.claimName);
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
          {isOpen(attachment) ? null : (
            <button type="button" className="link-button" onClick={again}>
              Ask again…
            </button>
          )}
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
