"use client";

import { useSyncExternalStore } from "react";

import { createAnnouncer } from "@/components/query/announcer";

let text = "";
const listeners = new Set<() => void>();

/** Says something to screen readers, politely and seldom. */
export const announce = createAnnouncer({
  say: (next) => {
    text = next;
    for (const listener of listeners) listener();
  },
  now: () => Date.now(),
  schedule: (run, delayMs) => void setTimeout(run, delayMs),
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where a screen reader hears what changed. */
export function LiveRegion() {
  const said = useSyncExternalStore(
    subscribe,
    () => text,
    () => "",
  );
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
