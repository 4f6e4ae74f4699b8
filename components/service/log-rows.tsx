"use client";

import type { Ref } from "react";

import { describeDownload } from "@/components/primitives/progress";
import { formatBytes, percentOf } from "@/components/format/bytes";
import type { LogRow, Progress } from "./log-lines";

type LogRowsProps = Readonly<{
  ref: Ref<HTMLDivElement>;
  rows: readonly LogRow[];
  search: string;
  wrap: boolean;
  quiet: boolean;
  /** The reader scrolled to the end, or away from it. */
  onAtEnd: (atEnd: boolean) => void;
}>;

/** The lines, those that fit the search marked and the others left out. */
export function LogRows({ ref, rows, search, wrap, quiet, onAtEnd }: LogRowsProps) {
  const wanted = search.trim().toLowerCase();
  const shown =
    wanted === "" ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(wanted));
  return (
    <div
      ref={ref}
      className="log-box mono"
      data-wrap={wrap || undefined}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
        onAtEnd(scrollHeight - scrollTop - clientHeight < 40)
      }
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label="Log"
    >
      {shown.length === 0 && !quiet ? (
        <p className="faint log-empty">
          {wanted === "" ? "The container has not written anything yet." : "No line has this text."}
        </p>
      ) : null}
      {shown.map((row, index) =>
        row.type === "progress" ? (
          <ProgressRow key={index} progress={row.progress} />
        ) : (
          <div key={index} className={row.tone === "error" ? "log-line tone-error" : "log-line"}>
            {wanted === "" ? row.text : <Marked text={row.text} wanted={wanted} />}
          </div>
        ),
      )}
    </div>
  );
}

function textOf(row: LogRow): string {
  return row.type === "text" ? row.text : row.progress.file;
}

function ProgressRow({ progress }: Readonly<{ progress: Progress }>) {
  const percent = percentOf(progress.receivedBytes, progress.totalBytes);
  const done = progress.receivedBytes === progress.totalBytes;
  const text = describeDownload({
    ...progress,
    state: done ? "Done" : "Running",
    pod: null,
    container: "",
  });
  return (
    <div className="log-progress">
      <span>{progress.file}</span>
      <span
        className="progress-bar"
        role="progressbar"
        aria-label={progress.file}
        aria-valuenow={Math.floor(percent ?? 0)}
      >
        <i style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
      </span>
      <span className="dim num">
        {text} · {formatBytes(progress.receivedBytes)}
        {progress.totalBytes === null ? "" : ` of ${formatBytes(progress.totalBytes)}`}
      </span>
    </div>
  );
}

function Marked({ text, wanted }: Readonly<{ text: string; wanted: string }>) {
  const start = text.toLowerCase().indexOf(wanted);
  return (
    <>
      {text.slice(0, start)}
      <mark>{text.slice(start, start + wanted.length)}</mark>
      {text.slice(start + wanted.length)}
    </>
  );
}
