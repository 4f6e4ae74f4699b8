import type { Clock } from "@/server/ports";

export type FakeClock = Clock & {
  /** Moves the time forward. */
  advance(ms: number): void;
  set(time: string): void;
};

/** A clock that stands still until a test moves it. */
export function createFakeClock(start = "2026-03-01T12:00:00.000Z"): FakeClock {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance(ms) {
      time += ms;
    },
    set(next) {
      time = Date.parse(next);
    },
  };
}
