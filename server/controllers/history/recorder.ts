import type { InferenceService } from "@/server/domain/objects";
import { AppError } from "@/server/errors";
import type { Clock, HistoryMarks, NewTimelineItem, TimelineStore } from "@/server/ports";
import { createController, type Controller } from "@/server/runtime/controller";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import type { Timers } from "@/server/runtime/timers";
import { gapItems, type Hole } from "./gap-items";

/** Whether what is seen can be stored. */
export type Recording =
  { readonly ok: true } | { readonly ok: false; readonly since: Date; readonly problem: string };

export type RecorderDeps = {
  readonly timeline: Pick<TimelineStore, "append">;
  readonly marks: HistoryMarks;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Those that there are now: whose timelines show a hole. */
  readonly services: () => readonly InferenceService[];
  readonly onError: (error: unknown, key: string) => void;
  /** Told when it becomes possible or impossible to store. */
  readonly onRecording: (recording: Recording) => void;
  /** Told which services have new items, as `namespace/name`. */
  readonly onRecorded: (services: ReadonlySet<string>) => void;
};

const FLUSH_MS = 200;
const MARK_MS = 15_000;
/** With the database away for long, the newest are kept. */
const MOST_BUFFERED = 20_000;
/** A database that is back is noticed soon; asking it costs little. */
const BACKOFF = { baseMs: 500, maxMs: 5_000 };

/**
 * Stores items a moment after they were seen, and keeps them while the database takes none. Knows until when the history
 * is whole, and marks each time in which it is not on the timelines of all services.
 */
export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #queue: Controller;
  #buffer: NewTimelineItem[] = [];
  #lost = 0;
  #flushAsked = false;
  #recording: Recording | null = null;
  #unwatchedSince: Date | null = null;

  /** `fill` is run once, before the first mark, and again until it succeeds. */
  constructor(deps: RecorderDeps, fill: () => Promise<void>) {
    this.#deps = deps;
    const work: Record<string, () => Promise<ReconcileResult>> = {
      fill: async () => {
        await this.#attempt(fill);
        this.#queue.enqueue("mark");
        return DONE;
      },
      flush: () => this.flush().then(() => DONE),
      mark: () => this.#mark(),
    };
    this.#queue = createController({
      name: "history",
      onError: deps.onError,
      timers: deps.timers,
      backoff: BACKOFF,
      reconcile: (key) => work[key]?.() ?? Promise.resolve(DONE),
    });
  }

  start(): void {
    this.#queue.enqueue("fill");
    this.#queue.start();
  }

  async stop(): Promise<void> {
    await this.#queue.stop();
    await this.#mark().catch((error: unknown) => this.#deps.onError(error, "mark"));
  }

  add(items: readonly NewTimelineItem[]): void {
    if (items.length === 0) return;
    this.#keep([...this.#buffer, ...items]);
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    this.#deps.timers.after(FLUSH_MS, () => this.#queue.enqueue("flush"));
  }

  /** `observedAt`: until when what is known of the cluster is true. */
  setWatched(watched: boolean, observedAt: Date | null): void {
    if (!watched) {
      this.#unwatchedSince ??= observedAt ?? this.#deps.clock.now();
      return;
    }
    const from = this.#unwatchedSince;
    this.#unwatchedSince = null;
    if (from !== null) this.addHole({ why: "unwatched", from, to: this.#deps.clock.now() });
  }

  addHole(hole: Hole): void {
    this.add(gapItems(this.#deps.services(), hole));
  }

  /** Stores what waits. @throws what the store throws; nothing is lost by that. */
  async flush(): Promise<void> {
    this.#flushAsked = false;
    const items = this.#buffer;
    this.#buffer = [];
    if (items.length === 0) return;
    try {
      await this.#attempt(() => this.#deps.timeline.append(items));
    } catch (error) {
      this.#keep([...items, ...this.#buffer]);
      throw error;
    }
    const keys = items.map(({ service }) => `${service.namespace}/${service.name}`);
    this.#deps.onRecorded(new Set(keys));
  }

  #keep(items: NewTimelineItem[]): void {
    this.#lost += Math.max(0, items.length - MOST_BUFFERED);
    this.#buffer = items.slice(-MOST_BUFFERED);
  }

  /** Only what is stored counts as recorded, and nothing after the cluster was last seen. */
  async #mark(): Promise<ReconcileResult> {
    const until = this.#unwatchedSince ?? this.#deps.clock.now();
    await this.flush();
    await this.#attempt(() => this.#deps.marks.recordUntil(until));
    return requeueAfter(MARK_MS);
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#failed(error);
      throw error;
    }
    this.#succeeded();
  }

  #failed(error: unknown): void {
    const problem =
      error instanceof AppError ? error.message : "The history database failed unexpectedly.";
    const known = this.#recording?.ok === false ? this.#recording : null;
    if (known?.problem === problem) return;
    this.#recording = { ok: false, since: known?.since ?? this.#deps.clock.now(), problem };
    this.#deps.onRecording(this.#recording);
  }

  #succeeded(): void {
    const before = this.#recording;
    if (before?.ok === true) return;
    this.#recording = { ok: true };
    this.#deps.onRecording(this.#recording);
    if (before === null) return;
    const { since: from, problem } = before;
    const lost = this.#lost;
    this.#lost = 0;
    this.addHole({ why: "unwritable", from, to: this.#deps.clock.now(), problem, lost });
  }
}
