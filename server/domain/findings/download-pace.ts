import type { Finding } from "@/server/contract/finding";
import type { Download } from "@/server/contract/service-view";
import type { ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { formatBytes, lasting, quote, secondsBetween } from "../wording";
import { buildFinding, seen } from "./finding";

/** A source may pause; one that sends nothing for so long has most likely forgotten us. */
export const STALLED_SECONDS = 300;
/** Longer than this is worth knowing before somebody waits for it. */
export const SLOW_SECONDS = 3600;
/** The first rates say little. */
const WARM_UP_SECONDS = 60;

type Running = { readonly pod: Pod; readonly download: Download };

/** Weights are on their way, and no byte has come in for minutes. Silent where nobody reports bytes: unknown is not stalled. */
export function downloadStalled(facts: ServiceFacts): Finding | null {
  const { now } = facts.surroundings;
  const stalled = runningOf(facts)
    .map((running) => ({ ...running, silent: silentFor(running, now) }))
    .filter(({ silent, download }) => silent >= STALLED_SECONDS && !isComplete(download))
    .sort((a, b) => b.silent - a.silent)[0];
  if (stalled === undefined) return null;
  const { pod, download, silent } = stalled;
  return buildFinding({
    code: "DownloadStalled",
    severity: "warning",
    message: `The download has stopped: for ${lasting(silent)} nothing has come in for pod ${quote(pod.metadata.name)}, which has ${amountOf(download)}.`,
    nextStep:
      "Look whether the source and the way there (proxy, network policy) still answer. The downloader waits without end; deleting the pod begins the file anew.",
    since: download.lastProgressAt,
    evidence: [progressEvidence(facts, stalled)],
    actions: [
      openLog(stalled),
      {
        type: "CopyCommand",
        label: "Copy the command that begins anew",
        command: `kubectl delete pod -n ${pod.metadata.namespace} ${pod.metadata.name}`,
      },
    ],
  });
}

/** Weights come in, but at this rate it takes hours. */
export function downloadSlow(facts: ServiceFacts): Finding | null {
  const { now } = facts.surroundings;
  const slow = runningOf(facts)
    .filter((running) => silentFor(running, now) < STALLED_SECONDS && isWarm(running, now))
    .filter(({ download }) => (download.etaSeconds ?? 0) >= SLOW_SECONDS)
    .sort((a, b) => (b.download.etaSeconds ?? 0) - (a.download.etaSeconds ?? 0))[0];
  if (slow === undefined) return null;
  const { pod, download } = slow;
  return buildFinding({
    code: "DownloadSlow",
    severity: "warning",
    message: `The download is slow: at ${formatBytes(download.bytesPerSecond ?? 0)} a second pod ${quote(pod.metadata.name)} needs ${lasting(download.etaSeconds ?? 0)} more; it has ${amountOf(download)}.`,
    nextStep:
      "It gets there by itself. A source nearer to the cluster, or weights that are staged beforehand (pvc://), are faster.",
    since: download.startedAt,
    evidence: [progressEvidence(facts, slow)],
    actions: [openLog(slow)],
  });
}

function runningOf({ pods, downloads }: ServiceFacts): Running[] {
  return pods.flatMap((pod) => {
    const download = downloads.get(pod.metadata.name);
    const leaving = pod.metadata.deletionTimestamp !== undefined;
    return download?.state === "Running" && !leaving ? [{ pod, download }] : [];
  });
}

/** Seconds without progress; 0 where nothing tells. */
function silentFor({ download }: Running, now: string): number {
  return secondsBetween(download.lastProgressAt, now) ?? 0;
}

function isWarm({ download }: Running, now: string): boolean {
  return (secondsBetween(download.startedAt, now) ?? 0) >= WARM_UP_SECONDS;
}

/** Everything is there: what is still done is not a download. */
function isComplete({ receivedBytes, totalBytes }: Download): boolean {
  return receivedBytes !== null && totalBytes !== null && receivedBytes >= totalBytes;
}

function amountOf({ receivedBytes, totalBytes, file }: Download): string {
  const received = receivedBytes === null ? "an unknown part" : formatBytes(receivedBytes);
  const total = totalBytes === null ? "" : ` of ${formatBytes(totalBytes)}`;
  return `${received}${total}${file === null ? "" : ` of ${quote(file)}`}`;
}

function progressEvidence({ surroundings }: ServiceFacts, { pod, download }: Running) {
  const evidence = seen(surroundings, {
    kind: "Pod",
    object: pod,
    field: `progress of ${download.container}`,
    value: `${amountOf(download)}, ${download.bytesPerSecond === null ? "rate unknown" : `${formatBytes(download.bytesPerSecond)}/s`}`,
  });
  return { ...evidence, observedAt: download.lastProgressAt ?? evidence.observedAt };
}

function openLog({ pod, download }: Running) {
  return {
    type: "OpenLogs" as const,
    label: "Open its log",
    pod: pod.metadata.name,
    container: download.container,
  };
}
