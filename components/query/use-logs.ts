"use client";

import { useEffect, useReducer } from "react";

import { ProblemError, readProblem, servicePath } from "./api-client";
import { createFrameReader } from "./event-frames";

/** Older lines are dropped from the page; the download has them all. */
const MAX_LINES = 10_000;
const TAIL_LINES = 2_000;

export type LogTarget = Readonly<{
  namespace: string;
  name: string;
  pod: string;
  container: string;
  /** The run before the present one. */
  previous: boolean;
  /** Each line begins with its instant. */
  timestamps: boolean;
  follow: boolean;
}>;

export type LogState = Readonly<{
  lines: readonly string[];
  status: "connecting" | "following" | "ended" | "failed";
  error: Error | null;
  dropped: number;
}>;

type LogAction =
  | { readonly type: "start" }
  | { readonly type: "lines"; readonly lines: readonly string[] }
  | { readonly type: "end" }
  | { readonly type: "fail"; readonly error: Error };

const START: LogState = { lines: [], status: "connecting", error: null, dropped: 0 };

/** The log after one step; bounded, and told when it was cut. */
export function reduceLog(state: LogState, action: LogAction): LogState {
  switch (action.type) {
    case "start":
      return START;
    case "lines": {
      const all = [...state.lines, ...action.lines];
      const extra = Math.max(0, all.length - MAX_LINES);
      return {
        ...state,
        status: "following",
        lines: extra > 0 ? all.slice(extra) : all,
        dropped: state.dropped + extra,
      };
    }
    case "end":
      return { ...state, status: "ended" };
    case "fail":
      return { ...state, status: "failed", error: action.error };
  }
}

/** Address of a container's log; with `follow` a stream of events, else the text. */
export function logUrl(target: LogTarget, tailLines: number | "all" = TAIL_LINES): string {
  const query = new URLSearchParams({
    pod: target.pod,
    container: target.container,
    previous: String(target.previous),
    tailLines: String(tailLines),
  });
  if (target.timestamps) query.set("timestamps", "true");
  if (target.follow) query.set("follow", "true");
  return `${servicePath(target.namespace, target.name)}/logs?${query.toString()}`;
}

/** Reads one container's log while mounted, anew with each `attempt`; following keeps the connection open. */
export function useLogs(target: LogTarget, attempt: number): LogState {
  const [state, dispatch] = useReducer(reduceLog, START);
  const url = logUrl(target);
  const { follow } = target;
  useEffect(() => {
    const gone = new AbortController();
    dispatch({ type: "start" });
    readLog(url, follow, { signal: gone.signal, dispatch }).catch((error: unknown) => {
      if (gone.signal.aborted) return;
      dispatch({ type: "fail", error: error instanceof Error ? error : new Error(String(error)) });
    });
    return () => gone.abort();
  }, [url, follow, attempt]);
  return state;
}

type Sink = Readonly<{ signal: AbortSignal; dispatch: (action: LogAction) => void }>;

async function readLog(url: string, follow: boolean, { signal, dispatch }: Sink): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new ProblemError(await readProblem(response));
  if (!follow || response.body === null) {
    dispatch({ type: "lines", lines: splitLines(await response.text()) });
    dispatch({ type: "end" });
    return;
  }
  dispatch({ type: "lines", lines: [] });
  const frames = createFrameReader();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const events = frames(value);
    const lines = events.flatMap(({ event, data }) => (event === "end" ? [] : splitLines(data)));
    if (lines.length > 0) dispatch({ type: "lines", lines });
    if (events.some(({ event }) => event === "end")) break;
  }
  dispatch({ type: "end" });
}

function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
