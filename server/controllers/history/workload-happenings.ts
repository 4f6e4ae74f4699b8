import type { Claim, Deployment, Model, Pod } from "@/server/domain/objects";
import { cacheClaimOf, initStatuses, podCondition } from "@/server/domain/pod-state";
import { quote } from "@/server/domain/wording";
import type { Happening } from "./happening";

const DOWNLOADERS: ReadonlySet<string> = new Set(["model-downloader", "draft-model-downloader"]);

/** Which claim the Deployment's template mounts from now on. */
export function deploymentHappenings(before: Deployment, after: Deployment): Happening[] {
  const from = cacheClaimOf(before.spec?.template.spec);
  const to = cacheClaimOf(after.spec?.template.spec);
  if (from === to) return [];
  const was = from === null ? "" : ` (was ${quote(from)})`;
  const message =
    to === null
      ? `The template mounts no claim any more${was}.`
      : `The template mounts ${quote(to)}${was}.`;
  return [{ field: "claim", reason: "ClaimRolledOut", message, severity: "info" }];
}

/** Phase, readiness and the end of each download. */
export function podHappenings(before: Pod, after: Pod): Happening[] {
  return [
    ...podPhase(before.status?.phase, after.status?.phase),
    ...readiness(isReady(before), isReady(after)),
    ...downloadEnds(before, after),
  ];
}

function podPhase(from: string | undefined, to: string | undefined): Happening[] {
  if (from === to || to === undefined) return [];
  const severity = to === "Failed" ? "error" : "info";
  const was = from === undefined ? "" : ` (was ${from})`;
  return [{ field: "phase", reason: `Pod${to}`, message: `The pod is ${to}${was}.`, severity }];
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

function downloadEnds(before: Pod, after: Pod): Happening[] {
  const exits = new Map(initStatuses(before).map((status) => [status.name, exitOf(status)]));
  return initStatuses(after).flatMap((status) => {
    const exit = exitOf(status);
    if (!DOWNLOADERS.has(status.name) || exit === null || exits.get(status.name) === exit)
      return [];
    return [downloadEnd(status.name, exit)];
  });
}

type InitStatus = ReturnType<typeof initStatuses>[number];

/** The exit code with the run it belongs to; null while none has ended. */
function exitOf({ state, lastState, restartCount }: InitStatus): string | null {
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined) return null;
  const run = state?.terminated === undefined ? restartCount - 1 : restartCount;
  return `${ended.exitCode} of run ${run}`;
}

function downloadEnd(container: string, exit: string): Happening {
  const field = `download/${container}`;
  const code = exit.slice(0, exit.indexOf(" "));
  return code === "0"
    ? { field, reason: "DownloadFinished", message: `${container} finished.`, severity: "ok" }
    : {
        field,
        reason: "DownloadFailed",
        message: `${container} ended with exit code ${code}.`,
        severity: "error",
      };
}

/** Phase and the beginning of a deletion. */
export function claimHappenings(before: Claim, after: Claim): Happening[] {
  const from = before.status?.phase;
  const to = after.status?.phase;
  const happenings: Happening[] = [];
  if (from !== to && to !== undefined) {
    const severity = to === "Lost" ? "error" : to === "Bound" ? "ok" : "info";
    const was = from === undefined ? "" : ` (was ${from})`;
    const message = `The claim is ${to}${was}.`;
    happenings.push({ field: "phase", reason: `Claim${to}`, message, severity });
  }
  const isTerminating = ({ metadata }: Claim) => metadata.deletionTimestamp !== undefined;
  if (!isTerminating(before) && isTerminating(after)) {
    const message = "The claim is being deleted.";
    happenings.push({
      field: "deletion",
      reason: "ClaimTerminating",
      message,
      severity: "warning",
    });
  }
  return happenings;
}

/** Phase and key of a Model. */
export function modelHappenings(before: Model, after: Model): Happening[] {
  const from = before.status?.phase;
  const to = after.status?.phase;
  if (from === to || to === undefined) return [];
  const severity = to === "Failed" ? "error" : to === "Ready" ? "ok" : "info";
  const was = from === undefined ? "" : ` (was ${from})`;
  return [{ field: "phase", reason: `Model${to}`, message: `The model is ${to}${was}.`, severity }];
}
