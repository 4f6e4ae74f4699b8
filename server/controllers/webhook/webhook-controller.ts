import type {
  WebhookMessage,
  WebhookQueue,
  WebhookSender,
  WebhookSummary,
} from "@/server/notification-ports";
import { backoffDelayMs } from "@/server/runtime/backoff";
import { createController, type Controller } from "@/server/runtime/controller";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import { systemTimers, type Timers } from "@/server/runtime/timers";

/** Between attempts of one message: 5 s, doubling to an hour, with jitter. */
export const RETRY = { baseMs: 5_000, maxMs: 3_600_000 } as const;
/** A message that could not be delivered for so long is given up. */
export const GIVE_UP_MS = 24 * 3_600_000;

const LOOK_AHEAD = 200;
const DELIVER = "deliver";

export type WebhookControllerDeps = {
  readonly queue: WebhookQueue;
  readonly sender: WebhookSender;
  readonly timers?: Timers;
  readonly random?: () => number;
  /** Told after each attempt, and once at start. */
  readonly onSummary: (summary: WebhookSummary) => void;
  /** Told of each failed attempt. */
  readonly onFailure: (failure: {
    readonly id: string;
    readonly error: string;
    readonly givenUp: boolean;
  }) => void;
  readonly onError: (error: unknown) => void;
};

export interface WebhookController {
  start(): void;
  /** There is something new to send. */
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Sends what waits in the database, one message at a time, oldest first; messages about the same thing never overtake
 * each other. Delivery is at least once: a process that ends between an answer and its record sends the message again,
 * under the same id.
 */
export function createWebhookController(deps: WebhookControllerDeps): WebhookController {
  const delivery = new Delivery(deps);
  return {
    start: () => delivery.queue.start(),
    wake: () => delivery.queue.enqueue(DELIVER),
    stop: () => delivery.queue.stop(),
  };
}

class Delivery {
  readonly #deps: WebhookControllerDeps;
  readonly #timers: Timers;
  readonly #random: () => number;
  /** The receiver could not be had: nothing is tried before. */
  #pausedUntilMs = 0;
  readonly queue: Controller;

  constructor(deps: WebhookControllerDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
    this.#random = deps.random ?? Math.random;
    this.queue = createController({
      name: "webhook",
      onError: deps.onError,
      timers: this.#timers,
      reconcile: () => this.#deliver(),
    });
    this.queue.enqueue(DELIVER);
  }

  async #deliver(): Promise<ReconcileResult> {
    for (;;) {
      const { message, dueInMs } = this.#choose(await this.#deps.queue.pending(LOOK_AHEAD));
      const waitMs = Math.max(dueInMs ?? 0, this.#pausedUntilMs - this.#timers.now());
      if (message === null || waitMs > 0) {
        this.#deps.onSummary(await this.#deps.queue.summary());
        return dueInMs === null ? DONE : requeueAfter(waitMs);
      }
      await this.#attempt(message);
    }
  }

  /** The first message that is due, or how long until one will be; one that waits keeps back those about the same thing. */
  #choose(pending: readonly WebhookMessage[]): {
    readonly message: WebhookMessage | null;
    readonly dueInMs: number | null;
  } {
    const subjects = new Set<string>();
    let dueInMs: number | null = null;
    for (const message of pending) {
      if (subjects.has(message.subject)) continue;
      subjects.add(message.subject);
      const waitMs = message.nextAttemptAt.getTime() - this.#timers.now();
      if (waitMs <= 0) return { message, dueInMs: 0 };
      dueInMs = Math.min(dueInMs ?? waitMs, waitMs);
    }
    return { message: null, dueInMs };
  }

  async #attempt(message: WebhookMessage): Promise<void> {
    const { queue, sender, onFailure } = this.#deps;
    const { id } = message;
    const result = await sender.send(message);
    const nowMs = this.#timers.now();
    const at = new Date(nowMs);
    if (result.kind === "delivered") {
      await queue.delivered(id, at);
      return;
    }
    const { error } = result;
    const delayMs = backoffDelayMs(message.attempts, RETRY, this.#random);
    if (result.kind === "unreachable") this.#pausedUntilMs = nowMs + delayMs;
    const givenUp = nowMs - message.createdAt.getTime() >= GIVE_UP_MS;
    if (givenUp) await queue.giveUp(id, { at, error });
    else await queue.retry(id, { at: new Date(nowMs + delayMs), error });
    onFailure({ id, error, givenUp });
  }
}
