"use client";

import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { IconClockPlay } from "@tabler/icons-react";
import { useState } from "react";

import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import { preflightOptions } from "@/components/query/details";
import type { Attachment } from "@/server/contract/attachment";
import type { Preflight } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import { ApplyBar } from "./apply-bar";
import { useAttachUrl, type AttachTarget } from "./attach-url";
import { ChooseClaim } from "./choose-claim";
import { PreflightView } from "./preflight-view";

type ChangeFormProps = Readonly<{
  service: ServiceView;
  target: AttachTarget;
  underWay: Attachment | null;
  onShow: (id: string) => void;
}>;

/** What to change, what would happen, and the button. Nothing is written here before Apply. */
export function ChangeForm({ service, target, underWay, onShow }: ChangeFormProps) {
  const { choose } = useAttachUrl();
  const [comment, setComment] = useState("");
  const chosen = target.to === "detach" ? null : target.claim;
  const asks = chosen !== "";
  const preflight = useQuery({
    ...preflightOptions(service.namespace, service.name, chosen),
    enabled: asks,
    // The old result stays until the new one is in: nothing jumps while choosing.
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className="attach-columns" data-single={target.to === "detach" || undefined}>
        {target.to === "detach" ? null : (
          <ChooseClaim service={service} chosen={target.claim} onChoose={choose} />
        )}
        <section className="attach-check" aria-label="Check and apply">
          {underWay === null ? null : <UnderWay attachment={underWay} onShow={onShow} />}
          {asks ? (
            <Result query={preflight} comment={comment} onComment={setComment} />
          ) : (
            <NothingChosen />
          )}
        </section>
      </div>
      <ApplyBar
        service={service}
        claimName={chosen}
        comment={comment}
        preflight={asks && !preflight.isPlaceholderData ? (preflight.data ?? null) : null}
        onStored={onShow}
      />
    </>
  );
}

type ResultProps = Readonly<{
  query: UseQueryResult<Preflight>;
  comment: string;
  onComment: (comment: string) => void;
}>;

function Result({ query, comment, onComment }: ResultProps) {
  if (query.data !== undefined) {
    return (
      <PreflightView
        preflight={query.data}
        stale={query.isPlaceholderData}
        comment={comment}
        onComment={onComment}
      />
    );
  }
  if (query.error === null) return <SkeletonLines lines={7} />;
  return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
}

type UnderWayProps = Readonly<{ attachment: Attachment; onShow: (id: string) => void }>;

function UnderWay({ attachment, onShow }: UnderWayProps) {
  return (
    <p className="under-way">
      <IconClockPlay size={15} stroke={1.6} aria-hidden />
      <span>
        A request is under way: {attachment.claimName ?? "no claim"}, {attachment.state}. A new one
        replaces it.{" "}
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
