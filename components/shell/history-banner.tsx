"use client";

import { SeverityIcon } from "@/components/primitives/severity-mark";
import { Age } from "@/components/primitives/age";
import type { Cluster } from "@/server/contract/cluster";

/** On every page, while what happens cannot be stored: since when, why, and what that means. */
export function HistoryBanner({ history }: Pick<Cluster, "history">) {
  return (
    <div className="operator-banner history-banner" role="alert">
      <SeverityIcon severity="warning" size={16} />
      <p>
        <strong>The history is not being recorded</strong>
        {history.notRecordingSince === null ? null : (
          <>
            {" "}
            for <Age at={history.notRecordingSince} />
          </>
        )}
        . {history.problem} Everything shown stays live; attachments cannot be accepted until the
        database can be written again.
      </p>
    </div>
  );
}
