import type { Timers } from "@/server/runtime/timers";

export type FakeTimers = Timers & {
  /** Lets time pass: runs what falls due, in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Lets promises settle without time passing. */
  settle(): Promise<void>;
  /** Delays of what waits, soonest first. */
  pending(): readonly number[];
};

/** Timers that stand still until a test moves them. */
export function createFakeTimers(start = "2026-03-01T12:00:00.000Z"): FakeTimers {
  let time = Date.parse(start);
  const waiting = new Set<{ readonly at: number; readonly callback: () => void }>();
  const sorted = () => [...waiting].sort((a, b) => a.at - b.at);
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => time,
    after(ms, callback) {
      const entry = { at: time + ms, callback };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    pending: () => sorted().map(({ at }) => at - time),
    settle,
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (let next = sorted()[0]; next && next.at <= end; next = sorted()[0]) {
        time = next.at;
        waiting.delete(next);
        next.callback();
        await settle();
      }
      time = end;
      await settle();
    },
  };
}
