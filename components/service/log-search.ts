import type { LogRow } from "./log-lines";

/** Where a match begins in which row, and where it ends. */
export type LogMatch = Readonly<{ line: number; start: number; end: number }>;

/** More than these are not counted. */
export const MOST_MATCHES = 5_000;

/** What of a row is searched. */
export function textOf(row: LogRow): string {
  return row.type === "text" ? row.text : row.progress.file;
}

/** Every place of `wanted` in the rows, whatever the case of its letters, from the top; none for an empty text. */
export function findMatches(rows: readonly LogRow[], wanted: string): LogMatch[] {
  if (wanted === "") return [];
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&"), "giu");
  const matches: LogMatch[] = [];
  for (const row of rows) {
    for (const match of textOf(row).matchAll(pattern)) {
      matches.push({ line: row.line, start: match.index, end: match.index + match[0].length });
      if (matches.length >= MOST_MATCHES) return matches;
    }
  }
  return matches;
}

/**
 * The match that is `by` steps on from the present one, around the ends. Without a present one, or when its line has been
 * dropped, forwards the first and backwards the last. null when there is none.
 */
export function stepMatch(
  matches: readonly LogMatch[],
  current: LogMatch | null,
  by: 1 | -1,
): LogMatch | null {
  const at = indexOfMatch(matches, current);
  if (at < 0) return (by > 0 ? matches[0] : matches.at(-1)) ?? null;
  return matches[(at + by + matches.length) % matches.length] ?? null;
}

/** -1 when it is not among them. */
export function indexOfMatch(matches: readonly LogMatch[], current: LogMatch | null): number {
  return matches.findIndex(({ line, start }) => line === current?.line && start === current.start);
}

/** `3 of 120`, `120`, `No match`; "" while nothing is looked for. */
export function describeMatches(
  matches: readonly LogMatch[],
  current: LogMatch | null,
  wanted: string,
): string {
  if (wanted === "") return "";
  if (matches.length === 0) return "No match";
  const total = matches.length >= MOST_MATCHES ? `${MOST_MATCHES}+` : String(matches.length);
  const at = indexOfMatch(matches, current);
  return at < 0 ? total : `${at + 1} of ${total}`;
}
