import type { PodView } from "@/server/contract/service-view";
import type { Pod } from "../objects";
import { isReady } from "../pod-state";
import { plain } from "../wording";

type ContainerView = PodView["containers"][number];
type Status = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];

/** A pod with the containers whose logs can be read: init containers first, each in its order. */
export function buildPodView(pod: Pod): PodView {
  const view = (init: boolean, statuses: readonly Status[] | undefined) =>
    ((init ? pod.spec?.initContainers : pod.spec?.containers) ?? []).map(({ name }) =>
      buildContainer(
        name,
        init,
        statuses?.find((status) => status.name === name),
      ),
    );
  return {
    name: pod.metadata.name,
    phase:
      pod.metadata.deletionTimestamp === undefined
        ? (pod.status?.phase ?? "Unknown")
        : "Terminating",
    ready: isReady(pod),
    nodeName: pod.spec?.nodeName ?? null,
    containers: [
      ...view(true, pod.status?.initContainerStatuses),
      ...view(false, pod.status?.containerStatuses),
    ],
  };
}

function buildContainer(name: string, init: boolean, status: Status | undefined): ContainerView {
  const restarts = status?.restartCount ?? 0;
  const hasPrevious = status?.lastState?.terminated !== undefined;
  return { name, init, ...stateOf(status), restarts, hasPrevious };
}

function stateOf(status: Status | undefined): Pick<ContainerView, "state" | "reason" | "exitCode"> {
  const { running, terminated, waiting } = status?.state ?? {};
  if (running !== undefined) return { state: "Running", reason: null, exitCode: null };
  if (terminated !== undefined) {
    const { reason, exitCode } = terminated;
    return { state: "Terminated", reason: shown(reason), exitCode };
  }
  return {
    state: waiting === undefined ? "Unknown" : "Waiting",
    reason: shown(waiting?.reason),
    exitCode: lastExitCode(status),
  };
}

/** A container runtime's word. */
function shown(reason: string | undefined): string | null {
  return reason === undefined ? null : plain(reason, 100);
}

function lastExitCode(status: Status | undefined): number | null {
  return status?.lastState?.terminated?.exitCode ?? null;
}
