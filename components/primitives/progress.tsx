import { formatRemaining } from "@/components/format/age";
import { formatBytes, formatRate, percentOf } from "@/components/format/bytes";
import type { Download } from "@/server/contract/service-view";

const STATE_WORDS = {
  Waiting: "Waiting to download",
  Running: "Downloading",
  Done: "Downloaded",
  Failed: "Download failed",
} as const satisfies Record<Download["state"], string>;

/** `Downloading 37 % · 212 MB/s · 48 s left`: as much of it as is known. */
export function describeDownload(download: Omit<Download, "startedAt" | "lastProgressAt">): string {
  const percent = percentOf(download.receivedBytes, download.totalBytes);
  const parts: string[] = [STATE_WORDS[download.state]];
  if (download.state !== "Running") return parts.join("");
  if (percent !== null) parts[0] = `Downloading ${Math.floor(percent)} %`;
  else if (download.receivedBytes !== null) {
    parts[0] = `Downloading, ${formatBytes(download.receivedBytes)} so far`;
  }
  if (download.bytesPerSecond !== null) parts.push(formatRate(download.bytesPerSecond));
  if (download.etaSeconds !== null) parts.push(`${formatRemaining(download.etaSeconds)} left`);
  return parts.join(" · ");
}

type ProgressProps = Readonly<{ download: Download; label: string; detailed?: boolean }>;

/** A download in words, with a thin bar while it runs: what waits or failed does not move. */
export function DownloadProgress({ download, label, detailed = false }: ProgressProps) {
  const percent = percentOf(download.receivedBytes, download.totalBytes);
  return (
    <span className="progress" data-detailed={detailed || undefined}>
      <span className="progress-text num">{describeDownload(download)}</span>
      {download.state === "Running" ? <ProgressBar percent={percent} label={label} /> : null}
    </span>
  );
}

function ProgressBar({ percent, label }: Readonly<{ percent: number | null; label: string }>) {
  return (
    <span
      className="progress-bar"
      data-indeterminate={percent === null || undefined}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { "aria-valuenow": Math.floor(percent) })}
    >
      <i style={{ transform: `scaleX(${(percent ?? 30) / 100})` }} />
    </span>
  );
}
