import type { PodView } from "@/server/contract/service-view";

export type ContainerFacts = PodView["containers"][number];
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

export type ChosenLog = ContainerChoice & Readonly<{ previous: boolean }>;

/** What the URL names, the rest filled in: the container by `first`, the run by what it does now. null without pods. */
export function chooseLog(
  pods: readonly PodView[],
  named: { readonly [P in keyof ChosenLog]: ChosenLog[P] | null },
  first: ContainerChoice | null,
): ChosenLog | null {
  const { pod, container, previous } = named;
  const place =
    pod === null || container === null ? (first ?? pickContainer(pods)) : { pod, container };
  if (place === null) return null;
  return { ...place, previous: previous ?? prefersPrevious(findContainer(pods, place)) };
}

/** null: the pod, or a container of that name in it, is not there (any more). */
export function findContainer(
  pods: readonly PodView[],
  { pod, container }: ContainerChoice,
): ContainerFacts | null {
  const containers = pods.find(({ name }) => name === pod)?.containers ?? [];
  return containers.find(({ name }) => name === container) ?? null;
}

/** Whether the run before is what one wants to read: the container waits to be started again after a failure. */
export function prefersPrevious(facts: ContainerFacts | null): boolean {
  return facts !== null && facts.state === "Waiting" && facts.hasPrevious;
}

/** Which run of the container a log is of, counted from 0: another number is another log. */
export function runOf(facts: ContainerFacts, previous: boolean): number {
  return previous && facts.state !== "Waiting" ? facts.restarts - 1 : facts.restarts;
}

/** Nothing was written yet, because it never ran; its pod may not even be on a node. */
export function hasNotStarted(facts: ContainerFacts | null): boolean {
  if (facts === null || facts.hasPrevious || facts.restarts > 0) return false;
  return facts.state === "Waiting" || facts.state === "Unknown";
}

/** `failed, exit code 23`, `CrashLoopBackOff`, `Running`. */
export function describeContainer({ state, reason, exitCode }: ContainerFacts): string {
  if (state === "Terminated" && exitCode !== null && exitCode !== 0) {
    return `failed, exit code ${exitCode}`;
  }
  return reason ?? state;
}

/** What a reader has to know about whose log this is; null when it is the log of what runs now. */
export function describeRun(facts: ContainerFacts | null, previous: boolean): string | null {
  if (facts === null) return "This pod is gone. Below is what was read of its log before.";
  const again = facts.restarts > 0 ? ` It was started again ${times(facts.restarts)}.` : "";
  const ended = facts.exitCode === null ? "" : `, which ended with exit code ${facts.exitCode}`;
  if (facts.state === "Waiting" && facts.hasPrevious) {
    return `This is the last run${ended}. The container waits to be started again.${again}`;
  }
  if (previous) return `This is the run before the present one.${again}`;
  if (facts.state === "Terminated") {
    return `This container ${howItEnded(facts.exitCode)}.${again}`;
  }
  return facts.restarts > 0 ? `This is the present run.${again}` : null;
}

function howItEnded(exitCode: number | null): string {
  if (exitCode === null) return "has ended";
  return exitCode === 0 ? "has finished well" : `failed with exit code ${exitCode}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
