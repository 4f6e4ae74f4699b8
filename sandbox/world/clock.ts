/** Real time, as an argument, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after the delay; the answer cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive: the listeners do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** An instant as Kubernetes writes it: RFC 3339, whole seconds. */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");
}
