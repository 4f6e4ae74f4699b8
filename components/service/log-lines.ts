import type { PodView } from "@/server/contract/service-view";

export type Progress = Readonly<{
  file: string;
  receivedBytes: number;
  totalBytes: number | null;
  bytesPerSecond: number | null;
  etaSeconds: number | null;
}>;

export type LogRow =
  | { readonly type: "text"; readonly text: string; readonly tone: "error" | "plain" }
  | { readonly type: "progress"; readonly progress: Progress };

const PROGRESS = /^progress file=(.+) received=(\d+) total=(\d+|unknown) rate=(\d+(?:\.\d+)?)$/;
const ERROR = /^(curl: \(\d+\)|error|fatal|panic)|\b(ERROR|FATAL|failed)\b/i;

/** Lines to show: the progress lines of one file become one row that moves. */
export function toLogRows(lines: readonly string[]): LogRow[] {
  const rows: LogRow[] = [];
  for (const line of lines) {
    const progress = parseProgress(line);
    if (progress === null) {
      rows.push({ type: "text", text: line, tone: ERROR.test(line) ? "error" : "plain" });
      continue;
    }
    const last = rows.at(-1);
    if (last?.type === "progress" && last.progress.file === progress.file) rows.pop();
    rows.push({ type: "progress", progress });
  }
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

export type ContainerChoice = Readonly<{ pod: string; container: string }>;

/**
 * The log someone wants first: a container that failed, else an init container
 * still running (it downloads), else the one that serves; null without pods.
 */
export function pickContainer(pods: readonly PodView[]): ContainerChoice | null {
  const all = pods.flatMap((pod) =>
    pod.containers.map((container) => ({
      pod: pod.name,
      container: container.name,
      facts: container,
    })),
  );
  const chosen =
    all.find(({ facts }) => facts.state === "Terminated" && (facts.exitCode ?? 0) !== 0) ??
    all.find(({ facts }) => facts.state === "Waiting" && /BackOff|Err/.test(facts.reason ?? "")) ??
    all.find(({ facts }) => facts.init && facts.state === "Running") ??
    all.find(({ facts }) => !facts.init && facts.state === "Running") ??
    all.find(({ facts }) => facts.init && facts.state === "Terminated") ??
    all[0];
  return chosen === undefined ? null : { pod: chosen.pod, container: chosen.container };
}
