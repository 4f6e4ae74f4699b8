"use client";

import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { IconClockPlay } from "@tabler/icons-react";
import { useState } from "react";

import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import { preflightOptions, type AskedChange } from "@/components/query/details";
import { useClaimRow } from "@/components/query/lists";
import type { Attachment } from "@/server/contract/attachment";
import type { Preflight } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import { ApplyBar } from "./apply-bar";
import { toChange, useAttachUrl, type AttachTarget } from "./attach-url";
import { ChangedBanner } from "./changed-banner";
import { ChooseClaim } from "./choose-claim";
import { PersistenceChoice } from "./persistence-choice";
import { PreflightView } from "./preflight-view";
import { useChanges } from "./use-changes";

type ChangeFormProps = Readonly<{
  service: ServiceView;
  target: AttachTarget;
  underWay: Attachment | null;
  /** What the comment says before anybody wrote one. */
  comment: string;
  onShow: (id: string) => void;
}>;

/** What to change, what would happen, and the button. Nothing is written here before Apply. */
export function ChangeForm({ service, target, underWay, onShow, ...given }: ChangeFormProps) {
  const { choose, setPersistence, setWatching } = useAttachUrl();
  const [written, setComment] = useState<string | null>(null);
  const comment = written ?? given.comment;
  const change = toChange(target);
  const chosen = change.claimName === "" ? NOTHING : change.claimName;
  const preflight = usePreflight(service, change);
  const changes = useChanges({ service, underWay, claimName: chosen === NOTHING ? null : chosen });
  return (
    <>
      <div className="attach-columns" data-single={target.to === "detach" || undefined}>
        {target.to === "detach" ? null : (
          <ChooseClaim service={service} chosen={target.claim} onChoose={choose} />
        )}
        <section className="attach-check" aria-label="Check and apply">
          {underWay === null ? null : <UnderWay attachment={underWay} onShow={onShow} />}
          {chosen === NOTHING ? (
            <NothingChosen />
          ) : (
            <Result
              query={preflight}
              service={service}
              target={target}
              comment={comment}
              onComment={setComment}
              onPersistence={setPersistence}
            />
          )}
        </section>
      </div>
      <div className="attach-end">
        <ChangedBanner
          lines={changes.lines}
          checking={preflight.isFetching}
          onAcknowledge={changes.acknowledge}
        />
        <ApplyBar
          key={JSON.stringify(change)}
          service={service}
          request={{ ...change, ...commentOf(comment) }}
          preflight={currentResult(preflight)}
          onStored={onShow}
          onConflict={changes.refuse}
          onWatch={() => setWatching(true)}
        />
      </div>
    </>
  );
}

const NOTHING = Symbol("nothing chosen yet");

function usePreflight(service: ServiceView, change: AskedChange): UseQueryResult<Preflight> {
  return useQuery({
    ...preflightOptions(service.namespace, service.name, change),
    enabled: change.claimName !== "",
    // The old result stays until the new one is in: nothing jumps while choosing.
    placeholderData: keepPreviousData,
  });
}

/** null while the result is of another choice, or there is none. */
function currentResult({ data, isPlaceholderData }: UseQueryResult<Preflight>): Preflight | null {
  return isPlaceholderData ? null : (data ?? null);
}

function commentOf(comment: string): { comment?: string } {
  return comment.trim() === "" ? {} : { comment: comment.trim() };
}

type ResultProps = Readonly<{
  query: UseQueryResult<Preflight>;
  service: ServiceView;
  target: AttachTarget;
  comment: string;
  onComment: (comment: string) => void;
  onPersistence: ReturnType<typeof useAttachUrl>["setPersistence"];
}>;

function Result({ query, service, target, comment, onComment, onPersistence }: ResultProps) {
  const coUsers = useCoUsers(service, target.to === "attach" ? target.claim : null);
  if (query.data === undefined) {
    if (query.error === null) return <SkeletonLines lines={7} />;
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <PreflightView
      preflight={query.data}
      stale={query.isPlaceholderData}
      coUsers={coUsers}
      comment={comment}
      onComment={onComment}
    >
      <PersistenceChoice service={service} target={target} onPersistence={onPersistence} />
    </PreflightView>
  );
}

/** Other services that declare, roll out or mount the claim; null where there is no claim to share. */
function useCoUsers(service: ServiceView, claimName: string | null): readonly string[] | null {
  const row = useClaimRow(service.namespace, claimName ?? "");
  if (row === undefined || row === null) return null;
  const names = row.usedBy.services.map(({ name }) => name);
  return [...new Set(names)].filter((name) => name !== service.name);
}

type UnderWayProps = Readonly<{ attachment: Attachment; onShow: (id: string) => void }>;

function UnderWay({ attachment, onShow }: UnderWayProps) {
  return (
    <p className="under-way">
      <IconClockPlay size={15} stroke={1.6} aria-hidden />
      <span>
        A request of {attachment.actor} is under way: {attachment.claimName ?? "no claim"},{" "}
        {attachment.state}. A new one replaces it.{" "}
        <button type="button" className="link-button" onClick={() => onShow(attachment.id)}>
          Show it
        </button>
      </span>
    </p>
  );
}

function NothingChosen() {
  return (
    <div className="nothing-chosen">
      <h3>Choose a claim to see what would happen</h3>
      <p className="dim">
        Mooring checks whether the service can run with it, asks the API server for a dry run, and
        shows the exact change. Nothing is written before you apply.
      </p>
    </div>
  );
}
