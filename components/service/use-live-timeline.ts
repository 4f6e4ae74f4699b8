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
    // All that is below the window counts as in sight: a reader who has not come to the list yet is not past its top.
    const observer = new IntersectionObserver(
      (entries) => setFrozen(entries.at(-1)?.isIntersecting === false ? latest.current : null),
      { rootMargin: "0px 0px 1000000px 0px" },
    );
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
