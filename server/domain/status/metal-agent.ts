import type { EndpointSlice } from "../objects";
import type { SchedulingInfo } from "./pod-scheduling";

const HEARTBEAT_ANNOTATION = "llmkube.ai/agent-heartbeat";
const HEARTBEAT_TIMEOUT_MS = 3 * 60_000;
/** Slices are not watched: how soon one that is not there yet is looked for again. */
const UNREGISTERED_RETRY_MS = 30_000;

const WAITING: SchedulingInfo = {
  status: "WaitingForMetalAgent",
  message: "The agent on the Metal host has yet to load the model and register its endpoint",
  waitingFor: null,
};

/** What the agent on a Metal host tells through the EndpointSlices of a service. */
export type MetalReport = {
  /** Addresses that serve; none while the agent is silent. */
  readonly ready: number;
  /** What to say while nothing serves. */
  readonly info: SchedulingInfo;
  /** When to look again: a heartbeat that grows old makes no event. */
  readonly recheckAfterMs: number;
};

/**
 * Reads the EndpointSlices of a service that an agent serves. The freshest heartbeat counts; slices of an agent that sends none
 * count as they are. `now` in milliseconds.
 */
export function readMetalReport(slices: readonly EndpointSlice[], now: number): MetalReport {
  const beats = slices.flatMap(({ metadata }) => {
    const beat = metadata.annotations?.[HEARTBEAT_ANNOTATION];
    return beat === undefined ? [] : [beat];
  });
  const instants = beats.map(parseInstant).filter((instant) => !Number.isNaN(instant));
  const newest = Math.max(...instants);
  const recheckAfterMs = instants.length > 0 ? HEARTBEAT_TIMEOUT_MS / 2 : UNREGISTERED_RETRY_MS;
  // Without a single instant `newest` is -Infinity: as old as can be.
  if (beats.length > 0 && now - newest > HEARTBEAT_TIMEOUT_MS) {
    return { ready: 0, info: stale(beats, newest), recheckAfterMs };
  }
  return { ready: countReady(slices), info: WAITING, recheckAfterMs };
}

function stale(beats: readonly string[], newest: number): SchedulingInfo {
  const message = Number.isFinite(newest)
    ? `The agent on the Metal host was last heard of at ${new Date(newest).toISOString()}; it may be gone`
    : `The agent on the Metal host sends "${beats[0] ?? ""}" as its heartbeat, which is no time`;
  return { status: "AgentHeartbeatStale", message, waitingFor: null };
}

/** RFC 3339 only; NaN for all else. */
function parseInstant(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

/** An endpoint that does not say counts as ready. */
function countReady(slices: readonly EndpointSlice[]): number {
  return slices
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ conditions }) => conditions?.ready ?? true)
    .reduce((sum, { addresses }) => sum + addresses.length, 0);
}
