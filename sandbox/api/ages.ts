const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

function twoUnits(ms: number, large: [number, string], small: [number, string]): string {
  const whole = Math.floor(ms / large[0]);
  const rest = Math.floor((ms % large[0]) / small[0]);
  return rest === 0 ? `${whole}${large[1]}` : `${whole}${large[1]}${rest}${small[1]}`;
}

/** `3m12s`, `5h`, `2d4h`: as kubectl prints ages. */
export function durationText(ms: number): string {
  if (ms < 0) return "0s";
  if (ms < 2 * MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < 10 * MINUTE) return twoUnits(ms, [MINUTE, "m"], [SECOND, "s"]);
  if (ms < 3 * HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < 8 * HOUR) return twoUnits(ms, [HOUR, "h"], [MINUTE, "m"]);
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)}h`;
  if (ms < 8 * DAY) return twoUnits(ms, [DAY, "d"], [HOUR, "h"]);
  if (ms < 2 * YEAR) return `${Math.floor(ms / DAY)}d`;
  return twoUnits(ms, [YEAR, "y"], [DAY, "d"]);
}

/** The age of an instant, or `<unknown>` when there is none. */
export function sinceText(instant: string | undefined, now: string): string {
  const from = Date.parse(instant ?? "");
  return Number.isNaN(from) ? "<unknown>" : durationText(Date.parse(now) - from);
}
