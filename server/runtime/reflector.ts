import { AppError, hasReason } from "@/server/errors";
import { type Backoff, backoffDelayMs } from "./backoff";
import { KnownObjects, type ObjectDelta } from "./known-objects";
import type { Listed, ListWatch, WatchEvent } from "./list-watch";
import { SilenceGuard } from "./silence-guard";
import { sleep, systemTimers, type Timers } from "./timers";

/** Where objects go. Removals of a batch come before its upserts. */
export interface ReflectorSink<T> {
  upsert(objects: readonly T[]): void;
  remove(keys: readonly string[]): void;
}

export type ReflectorState = {
  /** The first whole list has been told. */
  readonly synced: boolean;
  /** false: this identity may not list the kind, or there is no such kind; null: not known yet. */
  readonly visible: boolean | null;
  /** false: the last try failed; what is told is as of `lastEventAt`. */
  readonly connected: boolean;
  /** RFC 3339 of the last list, event or bookmark. */
  readonly lastEventAt: string | null;
  /** Times that a list or a watch had to be started again because it failed. */
  readonly restarts: number;
  /** What failed last; null while all is well. */
  readonly error: string | null;
  readonly objects: number;
};

export interface Reflector {
  start(): void;
  /** Resolves when nothing more will be told. */
  stop(): Promise<void>;
  /** Ends a wait for the next try: somebody knows that the server is back. */
  retryNow(): void;
  state(): ReflectorState;
}

export type ReflectorOptions<T extends Listed> = {
  readonly source: ListWatch<T>;
  readonly sink: ReflectorSink<T>;
  /** Told of changes of state other than time passing. */
  readonly onStateChange?: (state: ReflectorState) => void;
  /** Told of every failure, also of a throw in the sink. */
  readonly onError?: (error: unknown) => void;
  readonly timers?: Timers;
  readonly random?: () => number;
  readonly backoff?: Backoff;
  readonly pageLimit?: number;
  /** What a watch is asked to last; a silent one is replaced `graceMs` later. */
  readonly watchSeconds?: number;
  readonly graceMs?: number;
  /** Between tries to list what may not be listed. */
  readonly invisibleRetryMs?: number;
};

const DEFAULTS = {
  timers: systemTimers,
  random: Math.random,
  backoff: { baseMs: 500, maxMs: 30_000 },
  pageLimit: 500,
  watchSeconds: 180,
  graceMs: 10_000,
  invisibleRetryMs: 30_000,
  onStateChange: () => undefined,
  onError: () => undefined,
};

/** An API server that starts refuses for a moment what it will allow; what has been seen is not dropped for that. */
const REFUSALS_BEFORE_INVISIBLE = 3;

type Round = { readonly waitMs: number };

/**
 * Keeps a sink equal to what the API server has of one kind: a paged list, then a watch from its resourceVersion, for
 * ever. A list tells only what differs from what was told. Ends by `stop` alone: every failure is retried with backoff,
 * and a throw in the sink is reported and survived. Source: client-go's Reflector.
 */
export function createReflector<T extends Listed>(options: ReflectorOptions<T>): Reflector {
  return new ListWatchReflector(options);
}

class ListWatchReflector<T extends Listed> implements Reflector {
  readonly #options: Required<ReflectorOptions<T>>;
  readonly #known = new KnownObjects<T>();
  readonly #abort = new AbortController();
  #state: ReflectorState = {
    synced: false,
    visible: null,
    connected: false,
    lastEventAt: null,
    restarts: 0,
    error: null,
    objects: 0,
  };
  /** From where to watch; null: list first. */
  #resourceVersion: string | null = null;
  /** The server has accepted the present watch. */
  #watching = false;
  #failures = 0;
  #refusals = 0;
  #expiries = 0;
  #loop: Promise<void> | null = null;
  #pause = new AbortController();

  constructor(options: ReflectorOptions<T>) {
    this.#options = { ...DEFAULTS, ...options };
  }

  start(): void {
    if (!this.#abort.signal.aborted) this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  retryNow(): void {
    this.#pause.abort();
  }

  state(): ReflectorState {
    return this.#state;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const { waitMs } = await this.#round();
      if (waitMs <= 0) continue;
      this.#pause = new AbortController();
      const ended = AbortSignal.any([signal, this.#pause.signal]);
      await sleep(this.#options.timers, waitMs, ended);
    }
  }

  async #round(): Promise<Round> {
    try {
      this.#resourceVersion ??= await this.#list();
      await this.#watch(this.#resourceVersion);
      return { waitMs: 0 };
    } catch (error) {
      return this.#abort.signal.aborted ? { waitMs: 0 } : this.#failed(error);
    }
  }

  /** Lists every page, tells what differs, and returns the resourceVersion to watch from. */
  async #list(): Promise<string> {
    const items: T[] = [];
    let continueToken: string | null = null;
    let resourceVersion: string;
    do {
      const page = await this.#options.source.list({
        limit: this.#options.pageLimit,
        continueToken,
        signal: this.#abort.signal,
      });
      items.push(...page.items);
      ({ continueToken, resourceVersion } = page);
    } while (continueToken !== null);
    this.#tell(this.#known.replace(items));
    this.#refusals = 0;
    this.#heard({ synced: true, visible: true });
    return resourceVersion;
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { source, random, watchSeconds, timers } = this.#options;
    // Spread, so that the watches of all kinds do not end together.
    const timeoutSeconds = Math.round(watchSeconds * (1 + random() / 3));
    const silence = new SilenceGuard(timers, {
      ms: timeoutSeconds * 1_000 + this.#options.graceMs,
      stopped: this.#abort.signal,
    });
    const startedAt = timers.now();
    let heardAnything = false;
    this.#watching = false;
    try {
      const batches = await source.watch({
        resourceVersion,
        timeoutSeconds,
        signal: silence.signal,
      });
      this.#watching = true;
      this.#heard({ connected: true, error: null });
      for await (const batch of batches) {
        if (this.#abort.signal.aborted) return;
        silence.reset();
        this.#receive(batch);
        heardAnything = true;
      }
    } catch (error) {
      if (!silence.fell) throw error;
      this.#change({ restarts: this.#state.restarts + 1 });
    } finally {
      silence.end();
    }
    // A server that ends every watch at once is not to be asked in a tight loop.
    if (!heardAnything && timers.now() - startedAt < 1_000) throw new EndedAtOnce();
    this.#failures = 0;
  }

  #receive(batch: readonly WatchEvent<T>[]): void {
    this.#tell(this.#known.apply(batch));
    this.#failures = 0;
    for (const event of batch) {
      if (event.type === "ERROR") throw new WatchEnded(event.error);
      this.#expiries = 0;
      this.#resourceVersion =
        event.type === "BOOKMARK" ? event.resourceVersion : event.object.metadata.resourceVersion;
    }
    this.#heard({});
  }

  #tell(delta: ObjectDelta<T>): void {
    try {
      if (delta.removals.length > 0) this.#options.sink.remove(delta.removals);
      if (delta.upserts.length > 0) this.#options.sink.upsert(delta.upserts);
    } catch (error) {
      this.#known.forget(delta);
      this.#options.onError(error);
    }
  }

  #failed(failure: unknown): Round {
    const error = failure instanceof WatchEnded ? failure.reason : failure;
    const listing = this.#resourceVersion === null;
    if (this.#isVersionLost(failure, error)) this.#resourceVersion = null;
    this.#change({ restarts: this.#state.restarts + 1 });
    if (hasReason(error, "Gone") && this.#expiries++ === 0) return { waitMs: 0 };

    this.#options.onError(error);
    this.#change({
      connected: false,
      error: error instanceof Error ? error.message : String(error),
    });
    if (listing && isRefusal(error) && this.#refused()) {
      return { waitMs: this.#options.invisibleRetryMs };
    }
    return { waitMs: this.#backoffMs(error) };
  }

  /**
   * A watch that broke goes on from where it was. One that could not even be opened starts from a list: the server may
   * be another one by then, which knows nothing of our resourceVersion. Only an overloaded one is spared that.
   */
  #isVersionLost(failure: unknown, error: unknown): boolean {
    if (failure instanceof WatchEnded || hasReason(error, "Gone")) return true;
    return !this.#watching && !hasReason(error, "TooManyRequests");
  }

  /** true: the kind counts as invisible, and what was told of it is withdrawn. */
  #refused(): boolean {
    this.#refusals += 1;
    if (this.#state.synced && this.#refusals < REFUSALS_BEFORE_INVISIBLE) return false;
    this.#change({ visible: false, synced: false });
    this.#tell(this.#known.replace([]));
    this.#change({ objects: 0 });
    return true;
  }

  #backoffMs(error: unknown): number {
    const { backoff, random } = this.#options;
    const waitMs = backoffDelayMs(this.#failures, backoff, random);
    this.#failures += 1;
    const retryAfterMs =
      error instanceof AppError && error.retryAfterSeconds ? error.retryAfterSeconds * 1_000 : 0;
    return Math.max(waitMs, retryAfterMs);
  }

  #heard(change: Partial<ReflectorState>): void {
    const lastEventAt = new Date(this.#options.timers.now()).toISOString();
    const objects = this.#known.size;
    this.#state = { ...this.#state, lastEventAt, objects };
    this.#change(change);
  }

  #change(change: Partial<ReflectorState>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    const changed = (Object.keys(change) as (keyof ReflectorState)[]).some(
      (field) => before[field] !== this.#state[field],
    );
    if (changed) this.#options.onStateChange(this.#state);
  }
}

/** The server ended the watch by an ERROR event: what comes next is a list. */
class WatchEnded extends Error {
  readonly reason: Error;
  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}

class EndedAtOnce extends Error {
  constructor() {
    super("the server ended the watch as soon as it was opened");
  }
}

function isRefusal(error: unknown): boolean {
  return hasReason(error, "Forbidden") || hasReason(error, "NotFound");
}
