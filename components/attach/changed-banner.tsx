"use client";

import { Button } from "@mantine/core";
import { IconRefreshAlert } from "@tabler/icons-react";

type ChangedBannerProps = Readonly<{
  lines: readonly string[];
  /** The checks are being done again right now. */
  checking: boolean;
  onAcknowledge: () => void;
}>;

/** Something changed while the panel was open: what, by whom, and that what was typed is still there. */
export function ChangedBanner({ lines, checking, onAcknowledge }: ChangedBannerProps) {
  return (
    <div className="changed" role="status" aria-label="Changed while you were looking">
      {lines.length === 0 ? null : (
        <div className="changed-body">
          <IconRefreshAlert size={16} stroke={1.7} aria-hidden />
          <div>
            <p>
              <b>Changed while you were looking.</b>{" "}
              <span className="dim">
                {checking
                  ? "The checks are being done again."
                  : "The checks were done again; your input is kept."}
              </span>
            </p>
            <ul>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
          <Button onClick={onAcknowledge}>Understood</Button>
        </div>
      )}
    </div>
  );
}
