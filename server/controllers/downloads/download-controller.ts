import type { Download } from "@/server/contract/service-view";
import type { ObjectIndex } from "@/server/cluster/object-index";
import {
  type DownloadPlace,
  type DownloadProgress,
  parseDownloadProgress,
  toDownload,
} from "@/server/domain/download-progress";
import type { Pod } from "@/server/domain/objects";
import { initStatuses } from "@/server/domain/pod-state";
import { isDownloader } from "@/server/domain/views/service-download";
import { hasReason } from "@/server/errors";
import type { LogReader, LogTarget } from "@/server/ports";
import {
  createController,
  type Controller,
  type ControllerOptions,
} from "@/server/runtime/controller";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { systemTimers, type Timers } from "@/server/runtime/timers";

export type DownloadControllerDeps = Pick<ControllerOptions, "onError" | "timers"> & {
  readonly index: Pick<ObjectIndex, "get" | "list" | "subscribe" | "setDownload">;
  readonly logs: LogReader;
};

const POLL_MS = 2000;
/** With many downloads at once each is asked less often: ten reads a second over all. */
const SPACING_MS = 100;
/** Logs that may not be read will hardly become readable during a download. */
const FORBIDDEN_MS = 60_000;
/** The downloader writes a line every two seconds: the last few lines hold the newest numbers. */
const TAIL_LINES = 20;
/** Logs read at the same time. */
const WORKERS = 4;

/**
 * Keeps the index's download of each pod whose weights are on their way, read from the downloader's log, and clears it
 * when the download ends. Numbers that cannot be read are null: unknown, not zero.
 */
export function createDownloadController(deps: DownloadControllerDeps): Controller {
  const running: RunningDownloads = new Map();
  const queue = createController({
    name: "downloads",
    workers: WORKERS,
    onError: deps.onError,
    ...(deps.timers && { timers: deps.timers }),
    reconcile: (podKey) => reconcileDownload(podKey, running, deps),
  });
  let unsubscribe = (): void => undefined;
  return {
    name: queue.name,
    enqueue: (podKey) => queue.enqueue(podKey),
    idle: () => queue.idle(),
    start() {
      unsubscribe = deps.index.subscribe(({ changes }) => {
        for (const { plural, object } of changes) {
          if (plural === "pods") see(object);
        }
      });
      for (const pod of deps.index.list("pods")) see(pod);
      queue.start();
    },
    stop() {
      unsubscribe();
      return queue.stop();
    },
  };

  /** Blind to pods that neither download nor did: most changes of most pods. */
  function see(pod: Pod): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (running.has(key) || runningDownloader(pod) !== null) queue.enqueue(key);
  }
}

/** Per pod, what was last seen to come in, and when; null before the first numbers. */
type RunningDownloads = Map<string, Seen | null>;
type Seen = Pick<DownloadProgress, "file" | "receivedBytes"> & { readonly at: string };

async function reconcileDownload(
  podKey: string,
  running: RunningDownloads,
  { index, logs, timers = systemTimers }: DownloadControllerDeps,
): Promise<ReconcileResult> {
  const pod = index.get("pods", podKey);
  const downloader = pod && runningDownloader(pod);
  if (pod === null || downloader === null) {
    if (running.delete(podKey)) index.setDownload(podKey, null);
    return DONE;
  }
  const { namespace, name } = pod.metadata;
  const { container, startedAt } = downloader;
  const place = { pod: name, container, startedAt, lastProgressAt: null };
  if (!running.has(podKey)) {
    running.set(podKey, null);
    index.setDownload(podKey, unknownProgress(place));
  }
  try {
    const progress = await readProgress(logs, { namespace, pod: name, container });
    if (progress !== null) {
      const lastProgressAt = noteProgress(progress, { running, podKey, timers });
      index.setDownload(podKey, toDownload(progress, { ...place, lastProgressAt }));
    }
    return requeueAfter(Math.max(POLL_MS, running.size * SPACING_MS));
  } catch (error) {
    index.setDownload(podKey, unknownProgress(place)); // old numbers would look like fresh ones
    if (hasReason(error, "Forbidden")) return requeueAfter(FORBIDDEN_MS);
    throw error;
  }
}

/** When more was last seen than before: now, unless file and bytes are those of the look before. */
function noteProgress(
  { file, receivedBytes }: DownloadProgress,
  at: { readonly running: RunningDownloads; readonly podKey: string; readonly timers: Timers },
): string {
  const { running, podKey, timers } = at;
  const before = running.get(podKey) ?? null;
  if (before?.file === file && before.receivedBytes === receivedBytes) return before.at;
  const seen = { file, receivedBytes, at: new Date(timers.now()).toISOString() };
  running.set(podKey, seen);
  return seen.at;
}

/** The newest numbers in the log; null where there are none yet, or the container is just starting or gone. */
async function readProgress(logs: LogReader, target: LogTarget): Promise<DownloadProgress | null> {
  try {
    return lastProgress(await logs.read({ ...target, tailLines: TAIL_LINES }));
  } catch (error) {
    if (hasReason(error, "NotFound") || hasReason(error, "BadRequest")) return null;
    throw error;
  }
}

/** The init container that is fetching weights right now; null when none is. */
function runningDownloader(pod: Pod): Pick<Download, "container" | "startedAt"> | null {
  if (pod.metadata.deletionTimestamp !== undefined) return null;
  const status = initStatuses(pod).find(
    ({ name, state }) => isDownloader(name) && state?.running !== undefined,
  );
  if (status === undefined) return null;
  return { container: status.name, startedAt: status.state?.running?.startedAt ?? null };
}

function lastProgress(text: string): DownloadProgress | null {
  for (const line of text.split("\n").toReversed()) {
    const progress = parseDownloadProgress(line);
    if (progress !== null) return progress;
  }
  return null;
}

function unknownProgress(place: DownloadPlace): Download {
  return {
    state: "Running",
    ...place,
    file: null,
    receivedBytes: null,
    totalBytes: null,
    bytesPerSecond: null,
    etaSeconds: null,
  };
}
