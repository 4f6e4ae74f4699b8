const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;
const WHOLE = new RegExp(`^([+-]?)(?:0|(?:${PART.source})+)$`);

/** Milliseconds of a duration as Go writes it (`1h30m`, `90s`, `0`); null when it is none. Source: time.ParseDuration. */
export function parseGoDuration(text: string): number | null {
  const sign = WHOLE.exec(text)?.[1];
  if (sign === undefined) return null;
  const parts = [...text.matchAll(PART)];
  const sum = parts.reduce((all, [, digits, unit]) => all + Number(digits) * factorOf(unit), 0);
  return sign === "-" && sum > 0 ? -sum : sum;
}

/** The duration as Go prints it, to the millisecond: `1h0m0s`, `1m30.5s`, `500ms`, `0s`. Milliseconds in, none below 0. */
export function toGoDuration(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${(ms % 60_000) / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function factorOf(unit = ""): number {
  return UNITS[unit] ?? 0;
}
