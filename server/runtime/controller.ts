import { type Backoff, backoffDelayMs } from "./backoff";
import { type ReconcileResult, TerminalError } from "./result";
import { systemTimers, type Timers } from "./timers";

export interface Controller {
  readonly name: string;
  /** Reconcile this key soon. Keys merge while they wait; one that is being reconciled is reconciled once more afterwards. */
  enqueue(key: string): void;
  start(): void;
  /** Takes no more keys, drops what waits, and resolves when what runs has ended. */
  stop(): Promise<void>;
  /** Resolves when no key is queued or running; keys that wait for a retry or a requested time do not count. */
  idle(): Promise<void>;
}

export type ControllerOptions = {
  readonly name: string;
  readonly reconcile: (key: string) => Promise<ReconcileResult>;
  /** Keys reconciled at the same time; 1 by default. */
  readonly workers?: number;
  readonly backoff?: Backoff;
  /** Told of every failed reconcile, once each. */
  readonly onError: (error: unknown, key: string) => void;
  readonly timers?: Timers;
  readonly random?: () => number;
};

const DEFAULT_BACKOFF: Backoff = { baseMs: 200, maxMs: 60_000 };

/**
 * A work queue with workers. A key is never reconciled twice at once; a throw is retried for ever with capped, jittered
 * exponential backoff; a `TerminalError` waits for the next `enqueue`. An `enqueue` during a wait ends the wait.
 * Keys given before `start` are kept for it. Source: client-go's workqueue and controller-runtime's Result.
 */
export function createController(options: ControllerOptions): Controller {
  return new WorkQueue(options);
}

class WorkQueue implements Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  readonly #workers: number;
  readonly #queued = new Set<string>();
  readonly #running = new Set<string>();
  readonly #waiting = new Map<string, () => void>();
  readonly #failures = new Map<string, number>();
  #onIdle: (() => void)[] = [];
  #state: "new" | "started" | "stopped" = "new";

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#random = options.random ?? Math.random;
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF;
    this.#workers = options.workers ?? 1;
  }

  enqueue(key: string): void {
    if (this.#state === "stopped") return;
    this.#cancelWait(key);
    this.#queued.add(key);
    this.#dispatch();
  }

  start(): void {
    if (this.#state !== "new") return;
    this.#state = "started";
    this.#dispatch();
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    this.#queued.clear();
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    await this.idle();
  }

  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #isIdle(): boolean {
    return this.#queued.size === 0 && this.#running.size === 0;
  }

  #dispatch(): void {
    if (this.#state !== "started") return;
    for (const key of this.#queued) {
      if (this.#running.size >= this.#workers) return;
      if (this.#running.has(key)) continue;
      this.#queued.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    let failure: { readonly error: unknown } | null = null;
    try {
      const { requeueAfterMs } = await this.#options.reconcile(key);
      this.#failures.delete(key);
      if (requeueAfterMs !== undefined) this.#wait(key, requeueAfterMs);
    } catch (error) {
      failure = { error };
      this.#retry(key, error);
    }
    this.#running.delete(key);
    this.#dispatch();
    if (this.#isIdle()) this.#tellIdle();
    // Last, so that a throw in it leaves the queue whole.
    if (failure) this.#options.onError(failure.error, key);
  }

  #retry(key: string, error: unknown): void {
    if (error instanceof TerminalError) {
      this.#failures.delete(key);
      return;
    }
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#wait(key, backoffDelayMs(failures, this.#backoff, this.#random));
  }

  #wait(key: string, ms: number): void {
    // Queued again while it ran: that run asks anew for whatever it needs.
    if (this.#state === "stopped" || this.#queued.has(key)) return;
    const cancel = this.#timers.after(ms, () => {
      this.#waiting.delete(key);
      this.enqueue(key);
    });
    this.#waiting.set(key, cancel);
  }

  #cancelWait(key: string): void {
    this.#waiting.get(key)?.();
    this.#waiting.delete(key);
  }

  #tellIdle(): void {
    const listeners = this.#onIdle;
    this.#onIdle = [];
    for (const listener of listeners) listener();
  }
}
