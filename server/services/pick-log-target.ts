import type { Pod } from "@/server/domain/objects";
import { AppError } from "@/server/errors";

type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];

type Candidate = {
  readonly pod: Pod;
  readonly container: string;
  readonly urgency: number;
  /** It waits to be started again: what it says is what its last run said. */
  readonly backsOff: boolean;
};

/** Waiting reasons of a container that has not failed but has not run yet. */
const HARMLESS_WAITS = new Set(["PodInitializing", "ContainerCreating"]);

/**
 * The container whose log is worth reading: one that fails before one that works on the model before one that serves;
 * of equals the newest pod's, in the order the containers run. `wanted` narrows it to a pod, a container, or both. Unless
 * `wanted` says which, it is the previous run's where the container waits to be started again after a failure: that log stays
 * the one of the failure when the container has been started meanwhile. Pure.
 * @throws AppError `NotFound` when no pod or container matches.
 */
export function pickLogTarget(
  pods: readonly Pod[],
  wanted: {
    readonly pod?: string | undefined;
    readonly container?: string | undefined;
    readonly previous?: boolean | undefined;
  },
): { pod: string; container: string; previous: boolean } {
  const asked = pods.filter((pod) => wanted.pod === undefined || pod.metadata.name === wanted.pod);
  if (asked.length === 0)
    throw new AppError(
      "NotFound",
      wanted.pod === undefined
        ? "The service has no pod at the moment"
        : `The service has no pod "${wanted.pod}"`,
    );
  const candidates = [...asked]
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))
    .flatMap(candidatesOf)
    .filter(({ container }) => wanted.container === undefined || container === wanted.container);
  const [first, ...others] = candidates;
  if (!first) throw new AppError("NotFound", `No pod has a container "${wanted.container ?? ""}"`);
  const best = others.reduce((a, b) => (b.urgency > a.urgency ? b : a), first);
  return {
    pod: best.pod.metadata.name,
    container: best.container,
    previous: wanted.previous ?? best.backsOff,
  };
}

function candidatesOf(pod: Pod): Candidate[] {
  const init = (pod.spec?.initContainers ?? []).map(({ name }) => {
    const status = statusOf(pod.status?.initContainerStatuses, name);
    return { pod, container: name, urgency: initUrgency(status), backsOff: backsOff(status) };
  });
  const main = (pod.spec?.containers ?? []).map(({ name }) => {
    const status = statusOf(pod.status?.containerStatuses, name);
    return { pod, container: name, urgency: mainUrgency(status), backsOff: backsOff(status) };
  });
  return [...init, ...main];
}

function backsOff(status: ContainerStatus | undefined): boolean {
  return status?.state?.waiting !== undefined && status.lastState?.terminated !== undefined;
}

function statusOf(statuses: readonly ContainerStatus[] | undefined, name: string) {
  return statuses?.find((status) => status.name === name);
}

function initUrgency(status: ContainerStatus | undefined): number {
  if (hasFailed(status)) return 5;
  return status?.state?.running ? 3 : 0;
}

function mainUrgency(status: ContainerStatus | undefined): number {
  if (hasFailed(status)) return 4;
  return status?.state?.running ? 2 : 1;
}

function hasFailed(status: ContainerStatus | undefined): boolean {
  const { terminated, waiting } = status?.state ?? {};
  if (terminated) return terminated.exitCode !== 0;
  return waiting?.reason !== undefined && !HARMLESS_WAITS.has(waiting.reason);
}
