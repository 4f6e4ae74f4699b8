import { runtimeOf } from "../claim-selection";
import type { InferenceService } from "../objects";

/** How a replica is asked whether it works on a request. */
export type IdleSign = {
  readonly path: string;
  /** true idle, false busy, null when the answer says neither. */
  readonly read: (answer: { readonly status: number; readonly text: string }) => boolean | null;
};

const IDLE_ENDPOINT = "inference.llmkube.dev/idle-endpoint";

/** Gauges of requests in work; one that is absent counts as no answer. */
const GAUGES: Readonly<Record<string, readonly string[]>> = {
  vllm: ["vllm:num_requests_running"],
  sglang: ["sglang:num_requests_running", "sglang:num_running_reqs"],
  tgi: ["tgi_batch_current_size"],
};

/** The sign of the service's runtime; null when it has none. */
export function idleSignOf(service: InferenceService): IdleSign | null {
  const runtime = runtimeOf(service);
  if (runtime === "llamacpp" || runtime === "llamacpp-router") {
    return {
      path: "/slots",
      read: ({ status, text }) => (status === 200 ? readSlots(text) : null),
    };
  }
  const gauges = GAUGES[runtime];
  if (gauges !== undefined) {
    return {
      path: "/metrics",
      read: ({ status, text }) => (status === 200 ? readGauges(text, gauges) : null),
    };
  }
  const path = service.metadata.annotations?.[IDLE_ENDPOINT] ?? "";
  if (runtime !== "generic" || path === "") return null;
  return {
    path: path.startsWith("/") ? path : `/${path}`,
    read: ({ status }) => status >= 200 && status < 300,
  };
}

/** llama.cpp lists its slots, each with whether it is processing. */
function readSlots(text: string): boolean | null {
  let slots: unknown;
  try {
    slots = JSON.parse(text);
  } catch {
    return null; // not an answer of llama.cpp: null says so
  }
  if (!Array.isArray(slots)) return null;
  return slots.every((slot: { readonly is_processing?: unknown; readonly state?: unknown }) =>
    slot.is_processing === undefined
      ? slot.state === undefined || slot.state === 0
      : slot.is_processing === false,
  );
}

/** Sum over all label sets of a Prometheus text. */
function readGauges(text: string, names: readonly string[]): boolean | null {
  const values = text
    .split("\n")
    .map((line) => /^([a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(\S+)/.exec(line.trim()))
    .flatMap((match) => (match?.[1] !== undefined && names.includes(match[1]) ? [match[2]] : []))
    .map(Number);
  if (values.length === 0 || values.some(Number.isNaN)) return null;
  return values.reduce((sum, value) => sum + value, 0) === 0;
}
