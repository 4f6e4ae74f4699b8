"use client";

import { useEffect, useRef, useState } from "react";

import type { TimelineItem } from "@/server/contract/timeline";
import { holdBack, type LiveTimeline } from "./timeline-live";

/**
 * The items as they may be shown: new ones at once while the element of `topRef` is in sight, else held back until the
 * reader is at the top again, or asks for them with `showNew`.
 */
export function useLiveTimeline(items: readonly TimelineItem[]) {
  const topRef = useRef<HTMLDivElement>(null);
  const latest = useRef(items);
  const [frozen, setFrozen] = useState<readonly TimelineItem[] | null>(null);

  useEffect(() => {
    latest.current = items;
  }, [items]);
  useEffect(() => {
    const top = topRef.current;
    if (top === null || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver((entries) => {
      const entry = entries.at(-1);
      if (entry === undefined) return;
      // Below the fold is not "scrolled away": then the reader has not come to the list yet.
      const isAbove = !entry.isIntersecting && entry.boundingClientRect.top < 0;
      setFrozen(isAbove ? latest.current : null);
    });
    observer.observe(top);
    return () => observer.disconnect();
  }, []);

  const live: LiveTimeline = holdBack(items, frozen);
  return {
    ...live,
    topRef,
    showNew: () => {
      setFrozen(null);
      topRef.current?.scrollIntoView({ block: "start" });
    },
  };
}
