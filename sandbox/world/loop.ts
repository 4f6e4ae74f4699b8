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

type LoopOptions = { clock: Clock; speed: number; log: (line: string) => void };

/** Runs every controller of the world on one queue and one timer. `speed` divides all durations. */
export function createLoop({ clock, speed, log }: LoopOptions): Loop {
  const startedAt = clock.now();
  const queue = new Map<string, Entry>();
  const wakeAt = new Map<string, Entry & { at: number }>();
  const alarm = createAlarm(clock, run);
  const work = createWorker(log);
  /** At least one millisecond: what is left of a wait may be less than a clock can tell. */
  const delayMs = (seconds: number) => Math.max(1, Math.ceil((seconds * 1000) / speed));

  function run(): void {
    for (const [id, entry] of wakeAt) {
      if (entry.at > clock.now()) continue;
      wakeAt.delete(id);
      queue.set(id, entry);
    }
    let left = BATCH; // then the listeners of the process get their turn
    for (const [id, entry] of queue) {
      if (left-- === 0) break;
      queue.delete(id);
      const again = work(id, entry);
      if (again === undefined) wakeAt.delete(id);
      else wakeAt.set(id, { ...entry, at: clock.now() + delayMs(again) });
    }
    if (queue.size > 0) alarm.set(clock.now());
    for (const { at } of wakeAt.values()) alarm.set(at);
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
          alarm.set(clock.now());
        },
      };
    },
    stop: () => alarm.stop(),
  };
}

/** One timer, always set to the earliest moment asked for. */
function createAlarm(clock: Clock, ring: () => void) {
  let cancel: (() => void) | undefined;
  let setFor = Infinity;
  let stopped = false;
  return {
    set(at: number): void {
      if (stopped || at >= setFor) return;
      cancel?.();
      setFor = at;
      cancel = clock.setTimer(Math.max(0, at - clock.now()), () => {
        setFor = Infinity;
        cancel = undefined;
        ring();
      });
    },
    stop(): void {
      stopped = true;
      cancel?.();
    },
  };
}

/** Runs one key; a failure is logged and asks for another try, later each time. */
function createWorker(log: (line: string) => void) {
  const failures = new Map<string, number>();
  return (id: string, { controller, key }: Entry): Again => {
    try {
      const again = controller.reconcile(key);
      failures.delete(id);
      return again;
    } catch (error) {
      const count = (failures.get(id) ?? 0) + 1;
      failures.set(id, count);
      log(`${controller.name} ${key}: ${error instanceof Error ? error.message : String(error)}`);
      return Math.min(2 ** count, MAX_BACKOFF_SECONDS);
    }
  };
}
