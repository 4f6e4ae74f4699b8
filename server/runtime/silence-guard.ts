import type { Timers } from "./timers";

/** A signal that aborts when nothing was heard for too long, or when its owner was stopped. */
export class SilenceGuard {
  readonly #timers: Timers;
  readonly #ms: number;
  readonly #stopped: AbortSignal;
  readonly #abort = new AbortController();
  readonly #onStop = (): void => this.#abort.abort();
  #cancel: () => void;
  /** It was silence that ended it. */
  fell = false;

  constructor(timers: Timers, options: { readonly ms: number; readonly stopped: AbortSignal }) {
    this.#timers = timers;
    this.#ms = options.ms;
    this.#stopped = options.stopped;
    if (this.#stopped.aborted) this.#abort.abort();
    this.#stopped.addEventListener("abort", this.#onStop, { once: true });
    this.#cancel = this.#arm();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Something was heard. */
  reset(): void {
    this.#cancel();
    this.#cancel = this.#arm();
  }

  end(): void {
    this.#cancel();
    this.#stopped.removeEventListener("abort", this.#onStop);
    // Whatever still reads is not to be read any more.
    this.#abort.abort();
  }

  #arm(): () => void {
    return this.#timers.after(this.#ms, () => {
      this.fell = true;
      this.#abort.abort();
    });
  }
}
