"use client";

import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconHistory } from "@tabler/icons-react";
import { useMemo, useState } from "react";

import { formatExact } from "@/components/format/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { EmptyState, ErrorState, SkeletonLines } from "@/components/primitives/states";
import { timelineOptions } from "@/components/query/details";
import type { ServiceView } from "@/server/contract/service-view";
import type { TimelineItem } from "@/server/contract/timeline";
import { groupByDay, mergeRepeats } from "./timeline-rows";

const SOURCE_WORDS = {
  Event: "Events",
  Change: "Changes",
  Attachment: "Attachments",
  Finding: "Findings",
  Gap: "Gaps",
} as const satisfies Record<TimelineItem["source"], string>;
const SOURCES = ["Event", "Change", "Attachment"] as const;

/** What happened to the service and its chain, newest first. */
export function TimelineTab({ service }: Readonly<{ service: ServiceView }>) {
  const timeline = useInfiniteQuery(timelineOptions(service.namespace, service.name));
  const [source, setSource] = useState<TimelineItem["source"] | null>(null);
  const [kind, setKind] = useState<string | null>(null);
  const items = useMemo(
    () => (timeline.data?.pages ?? []).flatMap((page) => page.items),
    [timeline.data],
  );
  const kinds = [
    ...new Set(items.filter((item) => item.source !== "Gap").map((item) => item.kind)),
  ].sort();
  const days = useMemo(
    () =>
      groupByDay(
        mergeRepeats(
          items.filter(
            (item) =>
              (source === null || item.source === source || item.source === "Gap") &&
              (kind === null || item.kind === kind || item.source === "Gap"),
          ),
        ),
      ),
    [items, source, kind],
  );
  if (timeline.isPending) return <SkeletonLines lines={5} />;
  if (timeline.isError) {
    return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />;
  }
  if (items.length === 0) {
    return (
      <EmptyState icon={IconHistory} title="Nothing recorded yet">
        Events, changes and attachments of this service appear here as they happen.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="timeline-filters" role="group" aria-label="Filter the timeline">
        {SOURCES.map((value) => (
          <FilterChip
            key={value}
            label={SOURCE_WORDS[value]}
            pressed={source === value}
            onToggle={() => setSource(source === value ? null : value)}
          />
        ))}
        <span className="timeline-divider" aria-hidden />
        {kinds.map((value) => (
          <FilterChip
            key={value}
            label={value}
            pressed={kind === value}
            onToggle={() => setKind(kind === value ? null : value)}
          />
        ))}
      </div>
      {days.map(({ day, items: ofDay }) => (
        <section key={day} aria-label={day}>
          <h2 className="timeline-day">{toDayWords(ofDay[0]?.at ?? "")}</h2>
          <ol className="timeline">
            {ofDay.map((item) => (
              <TimelineRow key={item.id} item={item} serviceName={service.name} />
            ))}
          </ol>
        </section>
      ))}
      {timeline.hasNextPage ? (
        <Button loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          Show older
        </Button>
      ) : null}
    </>
  );
}

type FilterChipProps = Readonly<{ label: string; pressed: boolean; onToggle: () => void }>;

function FilterChip({ label, pressed, onToggle }: FilterChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={pressed} onClick={onToggle}>
      {label}
    </button>
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
