import { randomBytes } from "node:crypto";

import type { Again } from "./loop";
import type { Container } from "./objects";
import type { Look, Process } from "./process";

export type Ended = {
  exitCode: number;
  reason: "Completed" | "Error";
  startedAt: string;
  finishedAt: string;
  containerID: string;
  message?: string;
};
export type RunState =
  | { kind: "waiting"; reason: string; message?: string }
  | { kind: "running"; startedAt: string }
  | { kind: "ended"; ended: Ended };

/** One container of a pod as the kubelet keeps it. */
export type ContainerRun = {
  readonly container: Container;
  readonly init: boolean;
  state: RunState;
  lastEnded: Ended | undefined;
  restartCount: number;
  ready: boolean;
  process: Process | undefined;
  containerID: string;
  /** Consecutive failures; decides the delay before the next start. */
  failures: number;
  retryAt: number;
  endedAt: number;
  /** When the startup probe is made next. */
  probeAt: number;
  /** Log lines of this start, for the termination message. */
  tail: string[];
};

/** What a container needs from its pod to run. */
export type ContainerHost = {
  seconds: number;
  timestamp: string;
  /** "Always", "OnFailure" or "Never". */
  restartPolicy: string;
  /** How the pod is called in back-off messages. */
  podTitle: string;
  start(container: Container): Process;
  /** Why it cannot even be created, such as a secret that is missing. */
  configProblem(container: Container): string | undefined;
  log(container: string, lines: readonly string[]): void;
  rotateLog(container: string): void;
  say(
    run: ContainerRun,
    text: { type: "Normal" | "Warning"; reason: string; message: string },
  ): void;
};

const FIRST_BACKOFF_SECONDS = 10;
const MAX_BACKOFF_SECONDS = 300;
const SHOWN_SECONDS = 1;
const TAIL_LINES = 80;
const CONFIG_RETRY_SECONDS = 5;

/** A container that has not been started. */
export function newRun(container: Container, init: boolean, reason: string): ContainerRun {
  return {
    container,
    init,
    state: { kind: "waiting", reason },
    lastEnded: undefined,
    restartCount: 0,
    ready: false,
    process: undefined,
    containerID: "",
    failures: 0,
    retryAt: 0,
    endedAt: 0,
    probeAt: 0,
    tail: [],
  };
}

/** Ended for good and well. */
export function hasSucceeded(run: ContainerRun): boolean {
  return run.state.kind === "ended" && run.state.ended.exitCode === 0;
}

/** Brings the container as far as it is now; answers when to look again. */
export function stepContainer(run: ContainerRun, host: ContainerHost): Again {
  if (run.state.kind === "running") return look(run, host);
  const waits = run.state.kind === "ended" ? waitAfterEnd(run, host) : waitForBackoff(run, host);
  if (waits !== "start") return waits;
  const problem = host.configProblem(run.container);
  if (problem !== undefined) {
    run.state = { kind: "waiting", reason: "CreateContainerConfigError", message: problem };
    host.say(run, { type: "Warning", reason: "Failed", message: `Error: ${problem}` });
    return CONFIG_RETRY_SECONDS;
  }
  start(run, host);
  return look(run, host);
}

function start(run: ContainerRun, host: ContainerHost): void {
  const { name, image = "" } = run.container;
  if (run.lastEnded !== undefined) {
    run.restartCount += 1;
    host.rotateLog(name);
  }
  run.containerID = `containerd://${randomBytes(32).toString("hex")}`;
  run.tail = [];
  run.process = host.start(run.container);
  run.state = { kind: "running", startedAt: host.timestamp };
  run.probeAt = host.seconds + probePeriod(run);
  const pulled = `Container image "${image}" already present on machine`;
  host.say(run, { type: "Normal", reason: "Pulled", message: pulled });
  host.say(run, { type: "Normal", reason: "Created", message: `Created container: ${name}` });
  host.say(run, { type: "Normal", reason: "Started", message: `Started container ${name}` });
}

function look(run: ContainerRun, host: ContainerHost): Again {
  if (run.process === undefined || run.state.kind !== "running") return undefined;
  const seen: Look = run.process(host.seconds);
  if (seen.lines.length > 0) host.log(run.container.name, seen.lines);
  run.tail = [...run.tail, ...seen.lines].slice(-TAIL_LINES);
  run.ready = seen.ready;
  if (seen.exitCode === undefined) return untilProbe(run, host, seen.againSeconds);
  end(run, host, seen.exitCode);
  return run.init && seen.exitCode === 0 ? undefined : SHOWN_SECONDS;
}

function probePeriod({ container }: ContainerRun): number {
  return container.startupProbe?.periodSeconds ?? 10;
}

/** A server that still loads its model fails its startup probe, which is said each time. */
function untilProbe(run: ContainerRun, host: ContainerHost, again: Again): Again {
  if (run.ready || run.container.startupProbe === undefined) return again;
  if (host.seconds >= run.probeAt) {
    const message = "Startup probe failed: HTTP probe failed with statuscode: 503";
    host.say(run, { type: "Warning", reason: "Unhealthy", message });
    run.probeAt = host.seconds + probePeriod(run);
  }
  return Math.min(again ?? Infinity, run.probeAt - host.seconds);
}

function end(run: ContainerRun, host: ContainerHost, exitCode: number): void {
  const startedAt = run.state.kind === "running" ? run.state.startedAt : host.timestamp;
  const message = exitCode === 0 ? "" : terminationMessage(run.tail);
  const ended: Ended = {
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
    startedAt,
    finishedAt: host.timestamp,
    containerID: run.containerID,
    ...(message === "" ? {} : { message }),
  };
  run.state = { kind: "ended", ended };
  run.process = undefined;
  run.ready = false;
  run.endedAt = host.seconds;
  run.failures += 1;
  run.retryAt = host.seconds + backoffSeconds(run.failures);
}

/** The end of the log (policy FallbackToLogsOnError), without the progress lines before it. */
function terminationMessage(tail: readonly string[]): string {
  const lastProgress = tail.findLastIndex((line) => line.startsWith("progress "));
  const lines = tail.slice(lastProgress + 1).filter((line) => !line.startsWith("Downloading "));
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The first restart is at once, later ones wait. */
function backoffSeconds(failures: number): number {
  if (failures <= 1) return SHOWN_SECONDS;
  return Math.min(FIRST_BACKOFF_SECONDS * 2 ** (failures - 2), MAX_BACKOFF_SECONDS);
}

function waitAfterEnd(run: ContainerRun, host: ContainerHost): Again | "start" {
  if (run.state.kind !== "ended") return "start";
  const { ended } = run.state;
  const final =
    (run.init && ended.exitCode === 0) ||
    host.restartPolicy === "Never" ||
    (host.restartPolicy === "OnFailure" && ended.exitCode === 0);
  if (final) return undefined;
  if (host.seconds >= run.retryAt) {
    run.lastEnded = ended;
    return "start";
  }
  const shown = run.endedAt + SHOWN_SECONDS - host.seconds;
  if (shown > 0) return shown;
  run.lastEnded = ended;
  enterBackoff(run, host);
  return run.retryAt - host.seconds;
}

function enterBackoff(run: ContainerRun, host: ContainerHost): void {
  const { name } = run.container;
  run.state = {
    kind: "waiting",
    reason: "CrashLoopBackOff",
    message: `back-off ${duration(backoffSeconds(run.failures))} restarting failed container=${name} pod=${host.podTitle}`,
  };
  const message = `Back-off restarting failed container ${name} in pod ${host.podTitle}`;
  host.say(run, { type: "Warning", reason: "BackOff", message });
}

function waitForBackoff(run: ContainerRun, host: ContainerHost): Again | "start" {
  if (run.state.kind !== "waiting" || run.state.reason !== "CrashLoopBackOff") return "start";
  const left = run.retryAt - host.seconds;
  return left > 0 ? left : "start";
}

/** As Go prints it: `10s`, `1m20s`. */
function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
