"use client";

import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";

import { CopyButton } from "@/components/primitives/copy-button";
import { ALL_NAMESPACES } from "@/components/shell/namespaces";

type ListHeadProps = Readonly<{ title: string; summary: string; onExport: () => void }>;

/** What the list holds, and what to take away: a link to this view and the rows as a file. */
export function ListHead({ title, summary, onExport }: ListHeadProps) {
  return (
    <div className="page-head">
      <div>
        <h1>{title}</h1>
        <p>{summary}</p>
      </div>
      <div className="page-actions">
        <CopyButton value={toShareableUrl} label="Copy a link to this view">
          Copy link
        </CopyButton>
        <Button leftSection={<IconDownload size={14} stroke={1.7} />} onClick={onExport}>
          Export CSV
        </Button>
      </div>
    </div>
  );
}

/** Names all namespaces when none is chosen: the reader's browser may remember others. */
function toShareableUrl(): string {
  const url = new URL(window.location.href);
  if (!url.searchParams.has("ns")) url.searchParams.set("ns", ALL_NAMESPACES);
  return url.href;
}
