import type { Pod } from "@/server/domain/objects";
import { initStatuses, podCondition, type Terminated } from "@/server/domain/pod-state";
import { plain } from "@/server/domain/wording";
import type { Happening } from "./happening";
import { phaseHappening } from "./transition-happenings";

const DOWNLOADERS: ReadonlySet<string> = new Set(["model-downloader", "draft-model-downloader"]);
/** Given by the kernel or the kubelet: what they mean is not in the message. */
const SIGNALS: Readonly<Record<number, string>> = {
  137: "SIGKILL",
  143: "SIGTERM",
  139: "SIGSEGV",
};

/** Phase, node, readiness and the end of each container. */
export function podHappenings(before: Pod, after: Pod): Happening[] {
  return [
    ...phaseHappening({
      noun: "pod",
      prefix: "Pod",
      from: before.status?.phase,
      to: after.status?.phase,
      severities: { Failed: "error" },
    }),
    ...readiness(isReady(before), isReady(after)),
    ...containerEnds(before, after),
  ];
}

/** Failed ends that a pod still tells of when it is seen for the first time, each with its own time. */
export function pastFailures(pod: Pod): Happening[] {
  return endsOf(pod)
    .filter(({ ended }) => ended.exitCode !== 0)
    .map(toHappening);
}

const isReady = (pod: Pod): boolean => podCondition(pod, "Ready")?.status === "True";

function readiness(from: boolean, to: boolean): Happening[] {
  if (from === to) return [];
  return to
    ? [{ field: "ready", reason: "PodReady", message: "The pod is ready.", severity: "ok" }]
    : [
        {
          field: "ready",
          reason: "PodNotReady",
          message: "The pod is not ready any more.",
          severity: "warning",
        },
      ];
}

type End = { readonly name: string; readonly run: number; readonly ended: Terminated };

function containerEnds(before: Pod, after: Pod): Happening[] {
  const known = new Set(endsOf(before).map(keyOf));
  return endsOf(after)
    .filter((end) => !known.has(keyOf(end)))
    .map(toHappening);
}

/** The last end of each container, with the number of the run it belongs to. */
function endsOf(pod: Pod): End[] {
  const statuses = [...initStatuses(pod), ...(pod.status?.containerStatuses ?? [])];
  return statuses.flatMap(({ name, state, lastState, restartCount }) => {
    const ended = state?.terminated ?? lastState?.terminated;
    if (ended === undefined) return [];
    return [
      { name, ended, run: state?.terminated === undefined ? restartCount - 1 : restartCount },
    ];
  });
}

const keyOf = ({ name, run, ended }: End): string => `${name}/${run}/${ended.exitCode}`;

/** Under one key however it is seen: as the present state, as the last one, or after a restart of ours. */
function toHappening(end: End): Happening {
  const { name, ended } = end;
  const field = `end/${keyOf(end)}`;
  const at = ended.finishedAt ?? null;
  const isDownload = DOWNLOADERS.has(name);
  if (ended.exitCode === 0) {
    const reason = isDownload ? "DownloadFinished" : "ContainerFinished";
    return { field, at, once: true, reason, message: `${name} finished.`, severity: "ok" };
  }
  const reason = isDownload
    ? "DownloadFailed"
    : ended.reason === "OOMKilled"
      ? "OOMKilled"
      : "ContainerFailed";
  const message = `${name} ended with ${describeExit(ended)}.${lastLine(ended)}`;
  return { field, at, once: true, reason, message, severity: "error" };
}

function describeExit({ exitCode, signal, reason }: Terminated): string {
  const bySignal = signal ? `signal ${signal}` : SIGNALS[exitCode];
  // "Error" and "Completed" say no more than the code does.
  const why = reason === undefined || reason === "Error" ? bySignal : plain(reason);
  return `exit code ${exitCode}${why === undefined ? "" : ` (${why})`}`;
}

function lastLine({ message }: Terminated): string {
  const line = message?.trim().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "" : ` Its last words: ${plain(line, 300)}`;
}
