"use client";

import { useSyncExternalStore } from "react";

import { toLiveState, type LiveState, type StreamFacts } from "./live-state";
import { useNow } from "./use-now";

const INITIAL: StreamFacts = {
  connection: "connecting",
  lostAt: null,
  lastMessageAt: null,
  clusterConnected: null,
  clusterObservedAt: null,
  problem: null,
};

let facts = INITIAL;
const listeners = new Set<() => void>();

/** Records what the one stream of this tab knows; equal facts wake nobody. */
export function setStreamFacts(change: Partial<StreamFacts>): void {
  const changed = (Object.keys(change) as (keyof StreamFacts)[]).some(
    (key) => facts[key] !== change[key],
  );
  if (!changed) return;
  facts = { ...facts, ...change };
  for (const listener of listeners) listener();
}

/** What the stream knows right now, for callbacks. */
export function getStreamFacts(): StreamFacts {
  return facts;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the stream knows, as it changes. */
export function useStreamFacts(): StreamFacts {
  return useSyncExternalStore(subscribe, getStreamFacts, () => INITIAL);
}

/** Live, Reconnecting, Stale or Paused, kept true by the clock. */
export function useLiveState(): LiveState {
  const current = useStreamFacts();
  const now = useNow();
  return toLiveState(current, now);
}
