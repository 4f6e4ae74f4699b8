export type Progress = Readonly<{
  file: string;
  receivedBytes: number;
  totalBytes: number | null;
  bytesPerSecond: number | null;
  etaSeconds: number | null;
}>;

/** `line` is the place of its (last) line in the log, counted from the first that was read: it stays when older ones are dropped. */
export type LogRow = Readonly<{ line: number; at: string | null }> &
  (
    | { readonly type: "text"; readonly text: string; readonly tone: "error" | "plain" }
    | { readonly type: "progress"; readonly progress: Progress }
  );

const PROGRESS = /^progress file=(.+) received=(\d+) total=(\d+|unknown) rate=(\d+(?:\.\d+)?)$/;
const ERROR = /^(curl: \(\d+\)|error|fatal|panic)|\b(ERROR|FATAL|failed)\b/i;

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) ?(.*)$/su;

/**
 * Lines to show: the progress lines of one file become one row that moves. `dropped` lines came before the first;
 * with `stamped` each begins with its instant.
 */
export function toLogRows(
  lines: readonly string[],
  { dropped = 0, stamped = false }: { dropped?: number; stamped?: boolean } = {},
): LogRow[] {
  const rows: LogRow[] = [];
  lines.forEach((whole, index) => {
    const match = stamped ? STAMPED.exec(whole) : null;
    const [at, text] = match === null ? [null, whole] : [match[1] ?? null, match[2] ?? ""];
    const place = { line: dropped + index, at };
    const progress = parseProgress(text);
    if (progress === null) {
      rows.push({ type: "text", ...place, text, tone: ERROR.test(text) ? "error" : "plain" });
      return;
    }
    const last = rows.at(-1);
    if (last?.type === "progress" && last.progress.file === progress.file) rows.pop();
    rows.push({ type: "progress", ...place, progress });
  });
  return rows;
}

/** What a downloader's progress line says; null for any other line. */
export function parseProgress(line: string): Progress | null {
  const match = PROGRESS.exec(line);
  if (match === null) return null;
  const [, file = "", received, total, rate] = match;
  const receivedBytes = Number(received);
  const totalBytes = total === "unknown" ? null : Number(total);
  const bytesPerSecond = Number(rate) > 0 ? Number(rate) : null;
  const left = totalBytes === null ? null : totalBytes - receivedBytes;
  return {
    file,
    receivedBytes,
    totalBytes,
    bytesPerSecond,
    etaSeconds:
      left === null || bytesPerSecond === null || left <= 0 ? null : left / bytesPerSecond,
  };
}
