"use client";

import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";

import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import { TextField } from "@/components/primitives/text-field";
import { bulkPreflightOptions } from "@/components/query/details";
import type { BulkPreflight } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import type { Persistence } from "./attach-url";
import { BulkApplyBar } from "./bulk-apply-bar";
import { BulkChoose } from "./bulk-choose";
import { BulkResult } from "./bulk-result";
import { useBulkUrl } from "./bulk-url";
import { ChangedBanner } from "./changed-banner";
import { useBulkChanges } from "./use-bulk-changes";

type BulkFormProps = Readonly<{ namespace: string; rows: readonly ServiceView[] }>;

/** Choose one claim, see what it means for each service and for all together, and the button. */
export function BulkForm({ namespace, rows }: BulkFormProps) {
  const { claim, persistence, choose, setPersistence, follow } = useBulkUrl();
  const [comment, setComment] = useState("");
  const change = { claimName: claim, ...(persistence === null ? {} : { persistence }) };
  const preflight = useQuery({
    ...bulkPreflightOptions({
      ...change,
      services: rows.map(({ name }) => ({ namespace, name })),
    }),
    enabled: claim !== "",
    placeholderData: keepPreviousData,
  });
  const changes = useBulkChanges(rows, claim === "" ? null : claim);
  const current = preflight.isPlaceholderData ? undefined : preflight.data;
  return (
    <>
      <div className="attach-columns">
        <BulkChoose namespace={namespace} rows={rows} chosen={claim} onChoose={choose} />
        <section className="attach-check" aria-label="Check and apply">
          {claim === "" ? (
            <NothingChosen count={rows.length} />
          ) : (
            <>
              <Result query={preflight} />
              <CachedChoice rows={rows} persistence={persistence} onPersistence={setPersistence} />
              <TextField
                className="comment"
                placeholder="Why? (optional, kept with each request)"
                aria-label="Comment, kept with each request"
                maxLength={500}
                value={comment}
                onText={setComment}
              />
            </>
          )}
        </section>
      </div>
      <div className="attach-end">
        <ChangedBanner
          lines={changes.lines}
          checking={preflight.isFetching}
          onAcknowledge={changes.acknowledge}
        />
        <BulkApplyBar
          key={JSON.stringify(change)}
          namespace={namespace}
          rows={rows}
          request={{ ...change, ...(comment.trim() === "" ? {} : { comment: comment.trim() }) }}
          preflight={claim === "" ? null : (current ?? null)}
          onStored={follow}
        />
      </div>
    </>
  );
}

type CachedChoiceProps = Readonly<{
  rows: readonly ServiceView[];
  persistence: Persistence | null;
  onPersistence: (persistence: Persistence | null) => void;
}>;

function CachedChoice({ rows, persistence, onPersistence }: CachedChoiceProps) {
  const ephemeral = rows.filter((row) => row.cache.persistence === "Ephemeral");
  if (ephemeral.length === 0) return null;
  return (
    <label className="persistence">
      <input
        type="checkbox"
        checked={persistence === "Cached"}
        onChange={(event) => onPersistence(event.currentTarget.checked ? "Cached" : null)}
      />
      <span>
        Also set persistence to Cached
        <small>
          In scratch space (Ephemeral), which takes no claim:{" "}
          {ephemeral.map(({ name }) => name).join(", ")}.
        </small>
      </span>
    </label>
  );
}

function Result({ query }: Readonly<{ query: UseQueryResult<BulkPreflight> }>) {
  if (query.data !== undefined) {
    return <BulkResult preflight={query.data} stale={query.isPlaceholderData} />;
  }
  if (query.error === null) return <SkeletonLines lines={7} />;
  return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
}

function NothingChosen({ count }: Readonly<{ count: number }>) {
  return (
    <div className="nothing-chosen">
      <h3>Choose a claim to see what would happen</h3>
      <p className="dim">
        Mooring checks each of the {count} services alone and all of them together, and stores one
        request for each. Nothing is written before you apply.
      </p>
    </div>
  );
}
