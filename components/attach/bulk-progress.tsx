"use client";

import { Button } from "@mantine/core";
import Link from "next/link";

import { pageOf } from "@/components/primitives/object-link";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { useAttachments, useServices } from "@/components/query/lists";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import { attachmentTone, isOpen } from "./attachment-words";
import { toStepper } from "./attach-steps";
import type { BulkServices } from "./bulk-url";

type BulkProgressProps = Readonly<{
  services: BulkServices;
  /** Ids of the requests that were stored. */
  requests: readonly string[];
  onClose: () => void;
}>;

type Row = Readonly<{ attachment: Attachment; service: ServiceView | undefined }>;

/** Every request of the bulk as it goes, live. */
export function BulkProgress({ services, requests, onClose }: BulkProgressProps) {
  const streamed = useAttachments();
  const attachments = streamed?.items ?? [];
  const list = useServices()?.items ?? [];
  const rows = requests.flatMap((id): Row[] => {
    const attachment = attachments.find((item) => item.id === id);
    if (attachment === undefined) return [];
    const isOf = (row: ServiceView) =>
      row.namespace === attachment.namespace && row.name === attachment.name;
    return [{ attachment, service: list.find(isOf) }];
  });
  const effective = rows.filter(({ attachment }) => attachment.state === "Effective").length;
  const open = rows.some(({ attachment }) => isOpen(attachment));
  const missing = streamed?.complete ? requests.length - rows.length : 0;
  return (
    <>
      <div className="stepper">
        <p className="impact" role="status">
          {effective} of {requests.length} in {services.namespace} run from the claim.
        </p>
        <ul className="bulk-rows" aria-label="Requests">
          {rows.map((row) => (
            <RequestRow key={row.attachment.id} row={row} />
          ))}
        </ul>
        <Followed count={missing} />
      </div>
      <div className="attach-foot">
        <p className="dim">
          {open ? "You can close this: they go on without you, each under its Attachments." : ""}
        </p>
        <span className="attach-buttons">
          <Button autoFocus variant="filled" onClick={onClose}>
            {open ? "Close" : "Done"}
          </Button>
        </span>
      </div>
    </>
  );
}

function Followed({ count }: Readonly<{ count: number }>) {
  if (count === 0) return null;
  return (
    <p className="dim">
      {count} {count === 1 ? "was" : "were"} followed by a newer request: see the service&apos;s
      Attachments.
    </p>
  );
}

function RequestRow({ row }: Readonly<{ row: Row }>) {
  const { attachment } = row;
  const { tone, percent, sentence } = describeProgress(row);
  return (
    <li className="bulk-row">
      <SeverityIcon severity={tone} size={15} />
      <div>
        <p>
          <Link className="mono" href={attachmentsHref(attachment)}>
            {attachment.name}
          </Link>{" "}
          <span className={`tone-${tone}`}>{attachment.state}</span>
          {percent === null ? null : <span className="num dim"> {Math.floor(percent)} %</span>}
        </p>
        <small>{sentence}</small>
      </div>
    </li>
  );
}

function attachmentsHref({ namespace, name }: Attachment): string {
  return `${pageOf("InferenceService", namespace, name) ?? "/"}?tab=attachments`;
}

function describeProgress({ attachment, service }: Row) {
  const tone = attachmentTone(attachment);
  if (service === undefined) return { tone, percent: null, sentence: attachment.message };
  const { steps, finding } = toStepper(attachment, service);
  const step = steps.find(({ state }) => state === "current" || state === "stopped");
  return {
    tone: finding === null ? tone : ("error" as const),
    percent: step?.percent ?? null,
    sentence: finding?.message ?? step?.detail ?? attachment.message,
  };
}
