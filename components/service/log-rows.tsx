"use client";

import { memo, useEffect, useMemo, useRef } from "react";

import { formatBytes, percentOf } from "@/components/format/bytes";
import { describeDownload } from "@/components/primitives/progress";
import type { LogRow, Progress } from "./log-lines";
import type { LogMatch } from "./log-search";

type LogRowsProps = Readonly<{
  rows: readonly LogRow[];
  /** What is looked for, in the order of the rows. */
  matches: readonly LogMatch[];
  current: LogMatch | null;
  wrap: boolean;
  quiet: boolean;
  /** Keeps to the end while the reader is there. */
  follow: boolean;
  /** More lines may come. */
  live: boolean;
}>;

const NO_MATCHES: readonly LogMatch[] = [];
/** Below this every line is laid out, so that a short log has its exact height from the start. */
const MANY = 500;

/** The lines with what is looked for marked in them; the present match is scrolled to. */
export function LogRows(props: LogRowsProps) {
  const { rows, matches, current, wrap, quiet, follow, live } = props;
  const byLine = useMemo(() => groupByLine(matches), [matches]);
  const box = useRef<HTMLDivElement>(null);
  // Whoever scrolled up is reading.
  const atEnd = useRef(true);
  useEffect(() => {
    if (follow && atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [rows, follow]);
  return (
    <div
      ref={box}
      className="log-box mono"
      data-wrap={wrap || undefined}
      data-many={rows.length > MANY || undefined}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label="Log"
    >
      {rows.length === 0 && !quiet ? (
        <p className="faint log-empty">The container has not written anything yet.</p>
      ) : null}
      {rows.map((row, index) => (
        <Row
          key={row.line}
          row={row}
          matches={byLine.get(row.line) ?? NO_MATCHES}
          currentStart={current?.line === row.line ? current.start : null}
          moving={live && index === rows.length - 1}
        />
      ))}
    </div>
  );
}

function groupByLine(matches: readonly LogMatch[]): ReadonlyMap<number, LogMatch[]> {
  const lines = new Map<number, LogMatch[]>();
  for (const match of matches) {
    const ofLine = lines.get(match.line);
    if (ofLine === undefined) lines.set(match.line, [match]);
    else ofLine.push(match);
  }
  return lines;
}

type RowProps = Readonly<{
  row: LogRow;
  matches: readonly LogMatch[];
  /** Where the present match begins; null when it is in another row. */
  currentStart: number | null;
  /** It is the last line of a log that goes on: what it says about rate and time left still holds. */
  moving: boolean;
}>;

// Rows are made anew with each batch of lines; one that says the same is not drawn again.
const Row = memo(function Row({ row, matches, currentStart, moving }: RowProps) {
  const marked = (text: string) =>
    matches.length === 0 ? text : <Marked text={text} matches={matches} at={currentStart} />;
  if (row.type === "progress") {
    return <ProgressRow progress={row.progress} file={marked(row.progress.file)} moving={moving} />;
  }
  return (
    <div className={row.tone === "error" ? "log-line tone-error" : "log-line"}>
      {row.at === null ? null : <span className="log-time">{row.at.replace("T", " ")} </span>}
      {marked(row.text)}
    </div>
  );
}, isSame);

function isSame(before: RowProps, now: RowProps): boolean {
  if (before.matches !== now.matches && before.matches.length + now.matches.length > 0)
    return false;
  if (before.currentStart !== now.currentStart) return false;
  const [a, b] = [before.row, now.row];
  return a.type === "text" && b.type === "text" && a.text === b.text && a.at === b.at;
}

type ProgressRowProps = Readonly<{ progress: Progress; file: React.ReactNode; moving: boolean }>;

function ProgressRow({ progress, file, moving }: ProgressRowProps) {
  const percent = percentOf(progress.receivedBytes, progress.totalBytes);
  return (
    <div className="log-progress">
      <span>{file}</span>
      {percent === null ? (
        <span />
      ) : (
        <span
          className="progress-bar"
          role="progressbar"
          aria-label={progress.file}
          aria-valuenow={Math.floor(percent)}
        >
          <i style={{ transform: `scaleX(${percent / 100})` }} />
        </span>
      )}
      <span className="dim num">{describeProgress(progress, moving)}</span>
    </div>
  );
}

function describeProgress(progress: Progress, moving: boolean): string {
  const { receivedBytes, totalBytes } = progress;
  const done = receivedBytes === totalBytes;
  const amount =
    totalBytes === null ? "" : ` · ${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`;
  if (!done && !moving) {
    return totalBytes === null
      ? `Stopped after ${formatBytes(receivedBytes)}`
      : `Stopped at ${Math.floor(percentOf(receivedBytes, totalBytes) ?? 0)} %${amount}`;
  }
  const state = done ? "Done" : "Running";
  return `${describeDownload({ ...progress, state, pod: null, container: "" })}${amount}`;
}

type MarkedProps = Readonly<{ text: string; matches: readonly LogMatch[]; at: number | null }>;

function Marked({ text, matches, at }: MarkedProps) {
  return (
    <>
      {matches.map(({ start, end }, index) => (
        <span key={start}>
          {text.slice(index === 0 ? 0 : matches[index - 1]?.end, start)}
          {start === at ? (
            <CurrentMark>{text.slice(start, end)}</CurrentMark>
          ) : (
            <mark>{text.slice(start, end)}</mark>
          )}
        </span>
      ))}
      {text.slice(matches.at(-1)?.end)}
    </>
  );
}

/** Scrolls itself into sight, which is what going to a match is. */
function CurrentMark({ children }: Readonly<{ children: string }>) {
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    mark.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, []);
  return (
    <mark ref={mark} data-current>
      {children}
    </mark>
  );
}
