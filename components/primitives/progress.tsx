import { formatRemaining } from "@/components/format/age";
import { formatBytes, formatRate, percentOf } from "@/components/format/bytes";
import type { Download } from "@/server/contract/service-view";
import { Age } from "./age";

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
  const what = isDraft(download) ? "Downloading the draft model" : "Downloading";
  if (percent !== null) parts[0] = `${what} ${Math.floor(percent)} %`;
  else if (download.receivedBytes !== null) {
    parts[0] = `${what}, ${formatBytes(download.receivedBytes)} so far`;
  } else parts[0] = what;
  if (download.bytesPerSecond !== null) parts.push(formatRate(download.bytesPerSecond));
  if (download.etaSeconds !== null) parts.push(`${formatRemaining(download.etaSeconds)} left`);
  return parts.join(" · ");
}

type ProgressProps = Readonly<{
  download: Download;
  label: string;
  /** What the model's size says; null: unknown, or another model's. */
  expectedBytes?: number | null;
  detailed?: boolean;
}>;

/** A download in words, with a thin bar while it is known how far it is: what is unknown, waits or failed does not move. */
export function DownloadProgress(props: ProgressProps) {
  const { download, label, expectedBytes = null, detailed = false } = props;
  const percent = percentOf(download.receivedBytes, download.totalBytes);
  return (
    <span className="progress" data-detailed={detailed || undefined}>
      <span className="progress-text num">
        {describeDownload(download)}
        {download.state === "Running" && percent === null ? (
          <Unmeasured download={download} expectedBytes={expectedBytes} />
        ) : null}
      </span>
      {download.state === "Running" && percent !== null ? (
        <ProgressBar percent={percent} label={label} />
      ) : null}
    </span>
  );
}

type UnmeasuredProps = Readonly<{ download: Download; expectedBytes: number | null }>;

/** What there is to say where nothing tells how far it is: how long it has run, and how much it should be. */
function Unmeasured({ download, expectedBytes }: UnmeasuredProps) {
  return (
    <>
      {download.startedAt === null ? null : (
        <>
          {" · elapsed "}
          <Age at={download.startedAt} />
        </>
      )}
      {expectedBytes === null ? " · size unknown" : `, ${formatBytes(expectedBytes)} expected`}
    </>
  );
}

/** The size that a service's download should have: its Model's, unless it is the draft model's. */
export function expectedBytesOf(
  { model }: { readonly model: { readonly sizeBytes: number | null } | null },
  download: Download,
): number | null {
  return isDraft(download) ? null : (model?.sizeBytes ?? null);
}

function isDraft({ container }: Pick<Download, "container">): boolean {
  return container.startsWith("draft-");
}

function ProgressBar({ percent, label }: Readonly<{ percent: number; label: string }>) {
  return (
    <span
      className="progress-bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(percent)}
    >
      <i style={{ transform: `scaleX(${percent / 100})` }} />
    </span>
  );
}
