import type { Download } from "@/server/contract/service-view";
import type { ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { failureOf, initStatuses } from "../pod-state";

const DOWNLOADER = /^(draft-)?model-downloader(-\d+)?$/u;
/** What is shown of several pods: a failure, else the one that is furthest behind. */
const ORDER: readonly Download["state"][] = ["Failed", "Running", "Waiting", "Done"];

/** How far the download is; null when no pod downloads anything. Numbers that nobody has reported are null. */
export function buildDownload(facts: ServiceFacts): Download | null {
  const downloads = facts.pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .flatMap((pod) => downloadsOf(pod, facts.downloads.get(pod.metadata.name) ?? null));
  return downloads.sort(byNeedOfAttention)[0] ?? null;
}

function byNeedOfAttention(a: Download, b: Download): number {
  const byState = ORDER.indexOf(a.state) - ORDER.indexOf(b.state);
  return byState === 0 ? (a.receivedBytes ?? 0) - (b.receivedBytes ?? 0) : byState;
}

function downloadsOf(pod: Pod, logged: Download | null): Download[] {
  return (pod.spec?.initContainers ?? [])
    .filter(({ name }) => DOWNLOADER.test(name))
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
