import type { ContainerRun, Ended } from "./container-run";
import { hasSucceeded } from "./container-run";
import {
  setCondition,
  type Condition,
  type ContainerStatus,
  type Pod,
  type PodStatus,
} from "./objects";

export type PodFacts = {
  pod: Pod;
  runs: readonly ContainerRun[];
  /** Volumes are mounted and the pod has its network. */
  prepared: boolean;
  startTime: string;
  hostIP: string;
  podIP: string;
  now: string;
};

/** The status that a kubelet writes for a pod in this state. */
export function buildPodStatus(facts: PodFacts): PodStatus {
  const { pod, runs, prepared, now } = facts;
  const init = runs.filter((run) => run.init);
  const main = runs.filter((run) => !run.init);
  const phase = phaseOf(pod, init, main);
  return {
    ...pod.status,
    phase,
    conditions: buildConditions({ ...facts, phase }).reduce<NonNullable<PodStatus["conditions"]>>(
      (list, condition) => setCondition(list, condition, now),
      pod.status?.conditions ?? [],
    ),
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    ...(prepared ? { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] } : {}),
    startTime: facts.startTime,
    qosClass: qosClassOf(pod),
    ...(init.length > 0 ? { initContainerStatuses: init.map(containerStatus) } : {}),
    containerStatuses: main.map(containerStatus),
  };
}

function phaseOf(pod: Pod, init: readonly ContainerRun[], main: readonly ContainerRun[]): string {
  const never = pod.spec.restartPolicy === "Never";
  if (never && init.some((run) => run.state.kind === "ended" && !hasSucceeded(run))) {
    return "Failed";
  }
  if (!init.every(hasSucceeded)) return "Pending";
  if (main.every((run) => run.state.kind === "ended")) {
    const always = (pod.spec.restartPolicy ?? "Always") === "Always";
    if (!always && main.every(hasSucceeded)) return "Succeeded";
    if (never) return "Failed";
  }
  const begun = main.some((run) => run.state.kind !== "waiting" || run.lastEnded !== undefined);
  return begun ? "Running" : "Pending";
}

function buildConditions(facts: PodFacts & { phase: string }): Condition[] {
  const init = facts.runs.filter((run) => run.init);
  const main = facts.runs.filter((run) => !run.init);
  const incomplete = init.filter((run) => !hasSucceeded(run));
  const unready = main.filter((run) => !run.ready);
  const done = facts.phase === "Succeeded";
  const ready = unready.length === 0 && incomplete.length === 0;
  const whyNot = done
    ? { reason: "PodCompleted" }
    : { reason: "ContainersNotReady", message: `containers with unready status: ${list(unready)}` };
  const flag = (
    type: string,
    holds: boolean,
    why: { reason?: string; message?: string },
  ): Condition => (holds ? { type, status: "True" } : { type, status: "False", ...why });
  return [
    flag("PodReadyToStartContainers", facts.prepared && !done, {}),
    flag("Initialized", incomplete.length === 0, {
      reason: "ContainersNotInitialized",
      message: `containers with incomplete status: ${list(incomplete)}`,
    }),
    flag("Ready", ready, whyNot),
    flag("ContainersReady", ready, whyNot),
    { type: "PodScheduled", status: "True" },
  ];
}

function list(runs: readonly ContainerRun[]): string {
  return `[${runs.map(({ container }) => container.name).join(" ")}]`;
}

function containerStatus(run: ContainerRun): ContainerStatus {
  const { name, image = "" } = run.container;
  const started = run.state.kind === "running";
  return {
    name,
    image,
    imageID:
      run.containerID === "" ? "" : `${image.split(":")[0] ?? image}@sha256:${digestOf(image)}`,
    ...(run.containerID === "" ? {} : { containerID: run.containerID }),
    ready: run.init ? hasSucceeded(run) : run.ready,
    started: run.init ? started : started && run.ready,
    restartCount: run.restartCount,
    state: stateOf(run),
    lastState: run.lastEnded === undefined ? {} : { terminated: terminated(run.lastEnded) },
  };
}

/** The same image always has the same digest; which one does not matter. */
function digestOf(image: string): string {
  return Buffer.from(image).toString("hex").padEnd(64, "0").slice(0, 64);
}

function stateOf({ state }: ContainerRun): NonNullable<ContainerStatus["state"]> {
  switch (state.kind) {
    case "waiting": {
      const { reason, message } = state;
      return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
    }
    case "running":
      return { running: { startedAt: state.startedAt } };
    case "ended":
      return { terminated: terminated(state.ended) };
  }
}

function terminated(ended: Ended) {
  return { ...ended };
}

function qosClassOf(pod: Pod): string {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const amounts = containers.map(({ resources }) => resources ?? {});
  if (amounts.every(({ limits, requests }) => empty(limits) && empty(requests)))
    return "BestEffort";
  const guaranteed = amounts.every(({ limits, requests }) =>
    ["cpu", "memory"].every(
      (name) => limits?.[name] !== undefined && (requests?.[name] ?? limits[name]) === limits[name],
    ),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}

function empty(amounts: Record<string, string> | undefined): boolean {
  return Object.keys(amounts ?? {}).every((name) => name !== "cpu" && name !== "memory");
}
