import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";

import { stopChild } from "../../e2e/cluster/processes";
import type { RequestCounts } from "./request-counter";

/** What the operator's process says of itself. */
export type OperatorReport = {
  /** Processor time since its watches were begun. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  readonly requests: RequestCounts;
  readonly lastWriteAtMs: number | null;
  /** Passes that threw and were tried again. */
  readonly failedPasses: number;
};

export type OperatorProcess = {
  report(): Promise<OperatorReport>;
  stop(): Promise<void>;
};

/** Starts the operator in a process of its own; resolves when it has read the cluster and works. */
export async function startOperatorProcess(kubeconfig: string): Promise<OperatorProcess> {
  const child = fork(join(import.meta.dirname, "operator-process.ts"), [kubeconfig], {
    execArgv: ["--import", "tsx", ...profiling()],
  });
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.off("exit", killWithUs));
  const messages = inbox(child);
  await messages.next();
  return {
    report: async () => {
      child.send("report");
      return (await messages.next()) as OperatorReport; // the child answers with nothing else
    },
    stop: () => stopChild(child),
  };
}

/** The child's messages, one for each call; rejects when it ends instead. */
function inbox(child: ChildProcess): { next(): Promise<unknown> } {
  let waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void } | null =
    null;
  child.on("message", (message) => waiting?.resolve(message));
  child.once("exit", () => waiting?.reject(new Error("the operator's process ended")));
  return { next: () => new Promise((resolve, reject) => (waiting = { resolve, reject })) };
}

/** `BENCH_CPU_PROFILE=DIR` leaves a profile of the operator there. */
function profiling(): readonly string[] {
  const dir = process.env["BENCH_CPU_PROFILE"];
  return dir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${dir}`];
}
