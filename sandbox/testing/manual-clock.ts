import type { Clock } from "../world/clock";

const MOST_TIMERS = 100_000;

/** A clock that stands still until it is told to move; timers fire in order on the way. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function createManualClock(start = Date.parse("2026-09-01T12:00:00Z")): ManualClock {
  let now = start;
  let next = 0;
  const timers = new Map<number, { at: number; callback: () => void }>();
  return {
    now: () => now,
    setTimer(delayMs, callback) {
      const id = next++;
      timers.set(id, { at: now + delayMs, callback });
      return () => timers.delete(id);
    },
    advance(ms) {
      const until = now + ms;
      let fired = 0;
      for (;;) {
        const due = [...timers].sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
        if (due === undefined || due[1].at > until) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        if (++fired > MOST_TIMERS) throw new Error("The world does not come to rest");
        due[1].callback();
      }
      now = until;
    },
  };
}
