"use client";

import { formatClock, formatDuration, formatExact } from "@/components/format/age";
import { toggleLiveStream } from "@/components/query/live-stream";
import type { LiveState } from "@/components/query/live-state";
import { useLiveState, useStreamFacts } from "@/components/query/stream-status";
import { useNow } from "@/components/query/use-now";

/** Live, Reconnecting, Stale or Paused: in words, with the age of the last event on hover. */
export function LiveIndicator() {
  const state = useLiveState();
  const { problem } = useStreamFacts();
  const now = useNow();
  return (
    <button
      type="button"
      className="live"
      data-state={state.name}
      data-tip={toHint(state, problem, now)}
      data-tip-side="left"
      onClick={toggleLiveStream}
      aria-label={`${toLiveText(state, now)}. ${state.name === "Paused" ? "Resume" : "Pause"} live updates`}
    >
      <i aria-hidden />
      <span suppressHydrationWarning>{toLiveText(state, now)}</span>
    </button>
  );
}

function toLiveText(state: LiveState, now: number): string {
  switch (state.name) {
    case "Live":
    case "Paused":
      return state.name;
    case "Reconnecting":
      return "Reconnecting…";
    case "Stale":
      return `Stale since ${formatClock(new Date(state.since), new Date(now))}`;
  }
}

function toHint(state: LiveState, problem: string | null, now: number): string {
  if (problem !== null) {
    return "The server speaks another version of Mooring than this page. Reload the page.";
  }
  switch (state.name) {
    case "Live":
      return state.lastMessageAt === null
        ? "Connected; nothing has come yet."
        : `Last event ${formatDuration(now - state.lastMessageAt)} ago. Click to pause.`;
    case "Paused":
      return "Updates are paused. Click to resume.";
    case "Reconnecting":
      return "The connection to Mooring was lost; trying again.";
    case "Stale":
      return `Nothing new since ${formatExact(new Date(state.since))}. What is shown may have changed; Mooring keeps trying.`;
  }
}
