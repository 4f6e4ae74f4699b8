"use client";

import { useState } from "react";

import { DownloadProgress, expectedBytesOf } from "@/components/primitives/progress";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import type { Finding } from "@/server/contract/finding";
import type { ServiceView } from "@/server/contract/service-view";

/** The worst finding as a sentence, the rest on request; the download while there is one and nothing is wrong. */
export function FindingCell({ service }: Readonly<{ service: ServiceView }>) {
  const [open, setOpen] = useState(false);
  const [worst, ...rest] = service.findings;
  const { download } = service;
  if (download?.state === "Running" && service.severity !== "error") {
    return (
      <DownloadProgress
        download={download}
        label={`Download of ${service.name}`}
        expectedBytes={expectedBytesOf(service, download)}
      />
    );
  }
  if (worst === undefined) return null;
  return (
    <div className="findings" data-open={open || undefined}>
      <div className="findings-first">
        <FindingLine finding={worst} />
        {rest.length > 0 ? (
          <button
            type="button"
            className="more num"
            aria-expanded={open}
            aria-label={open ? "Show less" : `Show ${rest.length} more findings`}
            onClick={() => setOpen(!open)}
          >
            {open ? "−" : `+${rest.length}`}
          </button>
        ) : null}
      </div>
      {open ? rest.map((finding) => <FindingLine key={finding.code} finding={finding} />) : null}
    </div>
  );
}

function FindingLine({ finding }: Readonly<{ finding: Finding }>) {
  return (
    <span className={`finding-line tone-${finding.severity}`}>
      <SeverityIcon severity={finding.severity} size={14} />
      <span className="finding-text" title={finding.message}>
        {finding.message}
      </span>
    </span>
  );
}
