import { toTimestamp, type Clock } from "./clock";

/** Simulated seconds after which the key wants to be looked at again; nothing = only when something changes. */
export type Again = number | undefined;

/** One controller's queue: keys merge while they wait, and one key is never worked on twice at once. */
export interface Queue {
  enqueue(key: string): void;
}

export interface Loop {
  /** Simulated seconds since the loop was made. */
  seconds(): number;
  /** The present as Kubernetes writes it. Timestamps are real time; only durations are shortened. */
  timestamp(): string;
  /** A level-triggered controller. What it throws is logged and tried again with growing delays. */
  controller(name: string, reconcile: (key: string) => Again): Queue;
  stop(): void;
}

type Registered = { name: string; reconcile: (key: string) => Again };
type Entry = { controller: Registered; key: string };

const BATCH = 200;
const MAX_BACKOFF_SECONDS = 30;

/** Runs every controller of the world on one queue and one timer. `speed` divides all durations. */
export function createLoop(options: {
  clock: Clock;
  speed: number;
  log: (line: string) => void;
}): Loop {
  const { clock, speed, log } = options;
  const startedAt = clock.now();
  const queue = new Map<string, Entry>();
  const wakeAt = new Map<string, Entry & { at: number }>();
  const failures = new Map<string, number>();
  let cancelTimer: (() => void) | undefined;
  let armedFor = Infinity;
  let stopped = false;

  function arm(at: number): void {
    if (stopped || at >= armedFor) return;
    cancelTimer?.();
    armedFor = at;
    cancelTimer = clock.setTimer(Math.max(0, at - clock.now()), run);
  }

  function run(): void {
    armedFor = Infinity;
    cancelTimer = undefined;
    for (const [id, entry] of wakeAt) {
      if (entry.at > clock.now()) continue;
      wakeAt.delete(id);
      queue.set(id, entry);
    }
    let left = BATCH; // then the listeners of the process get their turn
    for (const [id, entry] of queue) {
      if (left-- === 0) break;
      queue.delete(id);
      work(id, entry);
    }
    armNext();
  }

  function armNext(): void {
    if (queue.size > 0) arm(clock.now());
    let next = Infinity;
    for (const entry of wakeAt.values()) next = Math.min(next, entry.at);
    if (next < Infinity) arm(next);
  }

  function work(id: string, { controller, key }: Entry): void {
    let again: Again;
    try {
      again = controller.reconcile(key);
      failures.delete(id);
    } catch (error) {
      const count = (failures.get(id) ?? 0) + 1;
      failures.set(id, count);
      again = Math.min(2 ** count, MAX_BACKOFF_SECONDS);
      log(`${controller.name} ${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (again === undefined) wakeAt.delete(id);
    else wakeAt.set(id, { controller, key, at: clock.now() + (again * 1000) / speed });
  }

  return {
    seconds: () => ((clock.now() - startedAt) / 1000) * speed,
    timestamp: () => toTimestamp(clock.now()),
    controller(name, reconcile) {
      const controller = { name, reconcile };
      return {
        enqueue(key) {
          const id = `${name}\n${key}`;
          if (!queue.has(id)) queue.set(id, { controller, key });
          arm(clock.now());
        },
      };
    },
    stop() {
      stopped = true;
      cancelTimer?.();
    },
  };
}
