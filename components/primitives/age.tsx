"use client";

import { formatDuration, formatExact } from "@/components/format/age";
import { useNow } from "@/components/query/use-now";

type AgeProps = Readonly<{ at: string; suffix?: string }>;

/** How long ago, ageing by itself; the exact instant on hover. */
export function Age({ at, suffix = "" }: AgeProps) {
  const instant = Date.parse(at);
  const text = useNow((now) => formatDuration(now - instant));
  return (
    <time className="age num" dateTime={at} title={formatExact(new Date(instant))}>
      {text}
      {suffix}
    </time>
  );
}
