import type { Download } from "@/server/contract/service-view";
import { plain } from "./wording";

/** What one progress line of the downloader says. */
export type DownloadProgress = {
  readonly file: string;
  readonly receivedBytes: number;
  /** null: the server did not tell the length. */
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
};

const LONGEST_LINE = 4096;
const LINE = /^progress file=(.+) received=(\d{1,15}) total=(\d{1,15}|unknown) rate=(\d{1,15})$/u;

/** The numbers of a progress line; null for every other line of the log. */
export function parseDownloadProgress(line: string): DownloadProgress | null {
  if (line.length > LONGEST_LINE) return null;
  const match = LINE.exec(line.trim());
  if (match === null) return null;
  const [, file = "", received = "", total = "", rate = ""] = match;
  return {
    file: plain(file),
    receivedBytes: Number(received),
    totalBytes: total === "unknown" ? null : Number(total),
    bytesPerSecond: Number(rate),
  };
}

/** The line that `parseDownloadProgress` reads back. */
export function formatDownloadProgress(progress: DownloadProgress): string {
  const { file, receivedBytes, totalBytes, bytesPerSecond } = progress;
  return `progress file=${file} received=${receivedBytes} total=${totalBytes ?? "unknown"} rate=${bytesPerSecond}`;
}

/** Which download it is, and when it began and last got on (RFC 3339). */
export type DownloadPlace = Pick<Download, "pod" | "container" | "startedAt" | "lastProgressAt">;

/** A running download as it is shown, with the seconds left where rate and length allow it. */
export function toDownload(progress: DownloadProgress, place: DownloadPlace): Download {
  const { receivedBytes, totalBytes, bytesPerSecond } = progress;
  const left = totalBytes === null ? null : Math.max(0, totalBytes - receivedBytes);
  return {
    state: "Running",
    ...place,
    ...progress,
    etaSeconds: left === null || bytesPerSecond === 0 ? null : Math.ceil(left / bytesPerSecond),
  };
}
