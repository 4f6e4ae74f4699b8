import { envOf, type ContainerContext, type Location, type Look, type Process } from "./process";
import { curlFailure, lookUpSource, type Source, type SourceCatalogue } from "./sources";

const REPORT_SECONDS = 2;
const CONNECT_SECONDS = 0.3;

type File = Location & { url: string; label: string; copied: boolean };
type Transfer = {
  file: File;
  source: Source;
  startedAt: number;
  received: number;
  reportedAt: number;
  reported: number;
};
type Job = { files: File[]; multi: boolean; cached: boolean; onChange: boolean };

/**
 * The simulated `model-downloader`: reads the operator's environment (`MODEL_SOURCE`, `CACHE_DIR`, `MODEL_PATH` or `MODEL_FILES`),
 * skips what is there, fetches the rest at the source's bandwidth into `<file>.tmp`, renames, and says so in the operator's lines.
 */
export function startDownloader(context: ContainerContext, catalogue: SourceCatalogue): Process {
  const job = planDownload(context);
  if (typeof job === "string") return fail([job], 1);
  for (const { disk, path } of job.files) disk.remove(`${path}.tmp`);
  const waiting = [...job.files];
  let transfer: Transfer | undefined;
  return (seconds) => {
    const lines: string[] = [];
    for (;;) {
      if (transfer !== undefined) {
        const stopped = proceed(transfer, { job, seconds, lines });
        if (stopped !== undefined) return stopped;
      }
      const file = waiting.shift();
      if (file === undefined) return succeed(job, lines);
      transfer = beginFile(file, { job, catalogue, seconds, lines });
    }
  };
}

type Around = { job: Job; seconds: number; lines: string[] };

/** Nothing once the file is complete; else what the container looks like now. */
function proceed(transfer: Transfer, { job, seconds, lines }: Around): Look | undefined {
  const outcome = advance(transfer, seconds, lines);
  if (outcome.kind === "waiting") {
    return { lines, ready: false, againSeconds: outcome.againSeconds };
  }
  if (outcome.kind === "failed") {
    const { disk, path } = transfer.file;
    disk.remove(`${path}.tmp`);
    disk.save();
    lines.push(...failureLines(job, transfer, outcome.line));
    return { lines, exitCode: outcome.exitCode, ready: false };
  }
  lines.push(...finish(transfer, job));
  return undefined;
}

function succeed(job: Job, lines: string[]): Look {
  if (job.multi) lines.push("Model downloaded successfully");
  return { lines, exitCode: 0, ready: false };
}

function planDownload(context: ContainerContext): Job | string {
  const { container } = context;
  const source = envOf(container, "MODEL_SOURCE");
  const list = envOf(container, "MODEL_FILES");
  const cacheDir = envOf(container, "CACHE_DIR");
  const script = [...(container.command ?? []), ...(container.args ?? [])].join("\n");
  const refused = /ERROR: (?:SourceNotAllowed|InvalidFileSet)[^\n'"]*/.exec(script)?.[0];
  if (refused !== undefined) return refused;
  const names = list.split("\n").filter((name) => name !== "");
  const targets =
    names.length > 0
      ? names.map((name) => ({
          url: joinUrl(source, name),
          label: name,
          path: `${cacheDir}/${name}`,
        }))
      : [single(source, envOf(container, "MODEL_PATH"))];
  // A local source is mounted into the container and copied.
  const copied = (container.volumeMounts ?? []).some(({ name }) => name === "host-model");
  const files = targets.flatMap(({ url, label, path }) => {
    const location = context.locate(path);
    return location === undefined ? [] : [{ ...location, url, label, copied }];
  });
  if (files.length < targets.length) return "mkdir: cannot create directory: Read-only file system";
  const onChange =
    script.includes("RefreshPolicy=OnChange") || script.includes("Revalidating model");
  return { files, multi: names.length > 0, cached: cacheDir !== "", onChange };
}

function single(url: string, path: string) {
  return { url, path, label: path.slice(path.lastIndexOf("/") + 1) };
}

function joinUrl(base: string, name: string): string {
  return `${base.replace(/\/+$/, "")}/${name}`;
}

/** Nothing when the file is there already. */
function beginFile(
  file: File,
  around: Around & { catalogue: SourceCatalogue },
): Transfer | undefined {
  const { job, catalogue, seconds, lines } = around;
  if (file.disk.has(file.path)) {
    lines.push(...presentLines(file, job));
    return undefined;
  }
  if (job.multi) lines.push(`Downloading model artifact ${file.label}...`);
  else lines.push("Downloading model from source...");
  return {
    file,
    source: lookUpSource(catalogue, file.url),
    startedAt: seconds,
    received: 0,
    reportedAt: -Infinity,
    reported: 0,
  };
}

function presentLines(file: File, job: Job): string[] {
  if (job.multi) return [`Model artifact ${file.label} already cached, skipping download`];
  if (job.onChange) {
    return [
      "Revalidating model against upstream (RefreshPolicy=OnChange)...",
      "Model revalidated (unchanged, skipped download)",
    ];
  }
  return [`Model already ${job.cached ? "cached" : "exists"}, skipping download`];
}

type Outcome =
  | { kind: "waiting"; againSeconds: number }
  | { kind: "done" }
  | { kind: "failed"; line: string; exitCode: number };

function advance(transfer: Transfer, seconds: number, lines: string[]): Outcome {
  const { file, source } = transfer;
  const elapsed = seconds - transfer.startedAt - CONNECT_SECONDS;
  if (elapsed < 0) return { kind: "waiting", againSeconds: -elapsed };
  const refused = file.copied ? undefined : refusalOf(file.url, source);
  if (refused !== undefined) return { kind: "failed", ...refused };
  const wanted = Math.min(source.bytes, Math.floor(elapsed * source.bytesPerSecond));
  const fits = file.disk.grow(`${file.path}.tmp`, wanted);
  transfer.received = file.disk.sizeOf(`${file.path}.tmp`);
  if (!fits) {
    report(transfer, seconds, lines);
    const line = "curl: (23) Failure writing output to destination: No space left on device";
    return { kind: "failed", line, exitCode: 23 };
  }
  const done = wanted >= source.bytes;
  if (done || seconds - transfer.reportedAt >= REPORT_SECONDS) report(transfer, seconds, lines);
  if (done) return { kind: "done" };
  return { kind: "waiting", againSeconds: nextLook(transfer, seconds) };
}

/** The next report, the end, or the moment the disk is full, whichever comes first. */
function nextLook({ file, source, received, reportedAt }: Transfer, seconds: number): number {
  const left = Math.min(source.bytes - received, file.disk.freeBytes() + 1);
  const report = reportedAt + REPORT_SECONDS - seconds;
  return Math.max(0.05, Math.min(report, left / source.bytesPerSecond));
}

function refusalOf(url: string, source: Source): { line: string; exitCode: number } | undefined {
  if (source.failure !== undefined) return curlFailure(url, source.failure);
  if (/^(https?|s3):\/\//.test(url)) return undefined;
  const scheme = /^([a-z0-9]+):\/\//.exec(url)?.[1];
  return scheme === undefined
    ? { line: `curl: (6) Could not resolve host: ${url.split("/")[0] ?? ""}`, exitCode: 6 }
    : { line: `curl: (1) Protocol "${scheme}" not supported`, exitCode: 1 };
}

function report(transfer: Transfer, seconds: number, lines: string[]): void {
  const { file, source, received } = transfer;
  const span = Number.isFinite(transfer.reportedAt) ? seconds - transfer.reportedAt : 0;
  const rate = span > 0 ? Math.round((received - transfer.reported) / span) : 0;
  lines.push(`progress file=${file.label} received=${received} total=${source.bytes} rate=${rate}`);
  transfer.reportedAt = seconds;
  transfer.reported = received;
}

function finish({ file }: Transfer, job: Job): string[] {
  file.disk.rename(`${file.path}.tmp`, file.path);
  file.disk.save();
  return job.multi ? [] : ["Model downloaded successfully"];
}

function failureLines(job: Job, { file }: Transfer, line: string): string[] {
  return job.multi ? [line, `ERROR: failed to download ${file.label}`] : [line];
}

function fail(lines: string[], exitCode: number): Process {
  return (): Look => ({ lines, exitCode, ready: false });
}
