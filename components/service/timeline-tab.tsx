"use client";

import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { IconArrowUp, IconHistory } from "@tabler/icons-react";
import { useMemo } from "react";

import { formatExact } from "@/components/format/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { EmptyState, ErrorState, SkeletonLines } from "@/components/primitives/states";
import { timelineOptions, type TimelineFilter } from "@/components/query/details";
import type { TimelineItem } from "@/server/contract/timeline";
import { TimelineFilters } from "./timeline-filters";
import { groupByDay, mergeRepeats } from "./timeline-rows";
import { useLiveTimeline } from "./use-live-timeline";
import { useTimelineUrl } from "./use-timeline-url";

type TimelineTabProps = Readonly<{ namespace: string; name: string }>;

/** What happened to the service and its chain, newest first. */
export function TimelineTab({ namespace, name }: TimelineTabProps) {
  const { filter, setFilter } = useTimelineUrl();
  const timeline = useInfiniteQuery({
    ...timelineOptions(namespace, name, filter),
    placeholderData: keepPreviousData,
  });
  if (timeline.isPending) return <SkeletonLines lines={5} />;
  if (timeline.isError) {
    return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />;
  }
  const [first] = timeline.data.pages;
  return (
    <>
      <TimelineFilters
        filter={filter}
        objects={first?.objects ?? []}
        serviceName={name}
        onChange={setFilter}
      />
      <TimelineList
        key={JSON.stringify(filter)}
        pages={timeline.data.pages}
        name={name}
        filtered={isFiltered(filter)}
      />
      {timeline.hasNextPage ? (
        <Button loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          Show older
        </Button>
      ) : null}
    </>
  );
}

const isFiltered = ({ source, kind, about }: TimelineFilter): boolean =>
  source !== null || kind !== null || about !== null;

type TimelineListProps = Readonly<{
  pages: readonly { readonly items: readonly TimelineItem[] }[];
  name: string;
  filtered: boolean;
}>;

function TimelineList({ pages, name, filtered }: TimelineListProps) {
  const items = useMemo(() => pages.flatMap((page) => page.items), [pages]);
  const { shown, held, topRef, showNew } = useLiveTimeline(items);
  const days = useMemo(() => groupByDay(mergeRepeats(shown)), [shown]);
  return (
    <>
      <div ref={topRef} className="timeline-top" />
      <div className="timeline-new" role="status">
        {held === 0 ? null : (
          <button type="button" className="chip" onClick={showNew}>
            <IconArrowUp size={14} stroke={1.7} aria-hidden /> {held} new
          </button>
        )}
      </div>
      {items.length === 0 ? <NothingYet filtered={filtered} /> : null}
      {days.map(({ day, items: ofDay }) => (
        <section key={day} aria-label={day}>
          <h2 className="timeline-day">{toDayWords(ofDay[0]?.at ?? "")}</h2>
          <ol className="timeline">
            {ofDay.map((item) => (
              <TimelineRow key={item.id} item={item} serviceName={name} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function NothingYet({ filtered }: Readonly<{ filtered: boolean }>) {
  return filtered ? (
    <EmptyState icon={IconHistory} title="Nothing of that kind">
      Nothing that is recorded passes this filter.
    </EmptyState>
  ) : (
    <EmptyState icon={IconHistory} title="Nothing recorded yet">
      Events, changes, findings and attachments of this service appear here as they happen.
    </EmptyState>
  );
}

type TimelineRowProps = Readonly<{ item: TimelineItem; serviceName: string }>;

function TimelineRow({ item, serviceName }: TimelineRowProps) {
  const at = new Date(item.at);
  if (item.source === "Gap") {
    return (
      <li className="timeline-gap">
        <span>{item.message}</span>
      </li>
    );
  }
  const marked = item.severity === "error" || item.severity === "warning";
  return (
    <li className="timeline-row">
      <time dateTime={item.at} title={formatExact(at)} className="faint num">
        {at.toLocaleTimeString("en-GB")}
      </time>
      <span className="timeline-object">
        <span className="dim">{item.kind === "InferenceService" ? "Service" : item.kind}</span>
        {item.name === serviceName ? null : <span className="mono faint"> {item.name}</span>}
      </span>
      <span className={`timeline-text ${marked ? `tone-${item.severity}` : ""}`}>
        {marked ? <SeverityIcon severity={item.severity} size={14} /> : null}
        <span>
          <b>{item.reason}</b> <span className="timeline-message">{item.message}</span>
          {item.count > 1 ? <span className="faint num"> ×{item.count}</span> : null}
          {item.actor === null ? null : <span className="faint"> by {item.actor}</span>}
        </span>
      </span>
    </li>
  );
}

function toDayWords(at: string): string {
  const day = new Date(at);
  const today = new Date();
  if (day.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  if (day.toDateString() === today.toDateString()) return "Yesterday";
  return day.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}
