import type { Download } from "@/server/contract/service-view";
import type { ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { failureOf, initStatuses } from "../pod-state";

const DOWNLOADER = /^(draft-)?model-downloader(-\d+)?$/u;

/** Whether a container of that name fetches weights, of the model or of its draft. */
export function isDownloader(container: string): boolean {
  return DOWNLOADER.test(container);
}

/** What is shown first of several pods: a failure, else what takes longest. */
const ORDER: readonly Download["state"][] = ["Failed", "Running", "Waiting", "Done"];

/** How far the download is; null when no pod downloads anything. Numbers that nobody has reported are null. */
export function buildDownload(facts: ServiceFacts): Download | null {
  return buildDownloads(facts)[0] ?? null;
}

/** Every download of the service's pods, also of the draft model: failures first, then the slowest. */
export function buildDownloads(facts: ServiceFacts): Download[] {
  return facts.pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .flatMap((pod) => downloadsOf(pod, facts.downloads.get(pod.metadata.name) ?? null))
    .sort(byNeedOfAttention);
}

function byNeedOfAttention(a: Download, b: Download): number {
  const byState = ORDER.indexOf(a.state) - ORDER.indexOf(b.state);
  if (byState !== 0) return byState;
  // of two that say how long they take the longer one; else the one that has less
  if (a.etaSeconds !== null && b.etaSeconds !== null && a.etaSeconds !== b.etaSeconds) {
    return b.etaSeconds - a.etaSeconds;
  }
  return (a.receivedBytes ?? 0) - (b.receivedBytes ?? 0);
}

function downloadsOf(pod: Pod, logged: Download | null): Download[] {
  return (pod.spec?.initContainers ?? [])
    .filter(({ name }) => isDownloader(name))
    .map(({ name }) => {
      const numbers = logged?.container === name ? logged : UNKNOWN;
      const state = stateOf(pod, name);
      return {
        ...numbers,
        state,
        pod: pod.metadata.name,
        container: name,
        startedAt: startOf(pod, name),
        bytesPerSecond: state === "Running" ? numbers.bytesPerSecond : null,
        etaSeconds: state === "Running" ? numbers.etaSeconds : null,
      };
    });
}

const UNKNOWN = {
  file: null,
  receivedBytes: null,
  totalBytes: null,
  bytesPerSecond: null,
  etaSeconds: null,
  lastProgressAt: null,
};

function startOf(pod: Pod, container: string): string | null {
  const state = initStatuses(pod).find(({ name }) => name === container)?.state;
  return state?.running?.startedAt ?? state?.terminated?.startedAt ?? null;
}

function stateOf(pod: Pod, container: string): Download["state"] {
  const status = initStatuses(pod).find(({ name }) => name === container);
  if (status === undefined) return "Waiting";
  if (status.state?.running !== undefined) return "Running";
  if (failureOf(status) !== null) return "Failed";
  return status.state?.terminated === undefined ? "Waiting" : "Done";
}
