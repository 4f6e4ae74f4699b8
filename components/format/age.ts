const STEPS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "m"],
] as const;

/** Milliseconds as one unit a reader takes in at a glance: `12 s`, `4 m`, `3 h`, `41 d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [size, unit] of STEPS) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${seconds} s`;
}

/** How long is left, with its second unit while that matters: `1 m 20 s`, `48 s`. */
export function formatRemaining(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} m`;
}

/** Age of `instant` as words in running text: `4 minutes`. */
export function formatLongDuration(ms: number): string {
  const [amount = "0", unit = "s"] = formatDuration(ms).split(" ");
  const word = { s: "second", m: "minute", h: "hour", d: "day" }[unit] ?? unit;
  return `${amount} ${word}${amount === "1" ? "" : "s"}`;
}

/** `14:02` today, `21 Nov 14:02` on another day; in the reader's time zone. */
export function formatClock(instant: Date, now: Date): string {
  const time = instant.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (instant.toDateString() === now.toDateString()) return time;
  return `${instant.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

/** The exact instant, with seconds and zone, for hovering. */
export function formatExact(instant: Date): string {
  return instant.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "long" });
}
