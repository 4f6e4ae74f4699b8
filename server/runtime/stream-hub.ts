import { buildChangeMessage, type StreamMessage } from "./stream-message";
import { buildSnapshot, type Snapshot, syncMessages } from "./stream-snapshot";
import { BoundedSubscription, type CatchUp, type StreamSubscription } from "./stream-subscription";
import { EVERYTHING, type StreamFilter, StreamTopic } from "./stream-topic";
import { systemTimers, type Timers } from "./timers";

/** Row types by topic name. */
export type RowsByTopic = Readonly<Record<string, unknown>>;

export interface StreamHub<Rows extends RowsByTopic> {
  /** Sets the row; one that is deep-equal to the last is not published. */
  publish<T extends keyof Rows & string>(topic: T, key: string, row: Rows[T]): void;
  remove(topic: keyof Rows & string, key: string): void;
  /** Tells who shows the details of this row to read them again. */
  touch(topic: keyof Rows & string, key: string): void;
  get<T extends keyof Rows & string>(topic: T, key: string): Rows[T] | undefined;
  /**
   * Opens with the whole lists (SYNC), or with only what differs from `lastEventId` where that can be told, then changes.
   * There is no gap between the two.
   */
  subscribe(options: {
    readonly topics: readonly (keyof Rows & string)[];
    readonly filter?: StreamFilter | undefined;
    readonly lastEventId?: string | null | undefined;
  }): StreamSubscription;
  /** `<epoch>-<n>`; opaque to everybody else. */
  version(): string;
  subscribers(): number;
  /** Ends every subscription. */
  close(): void;
}

export type StreamHubOptions<Rows extends RowsByTopic> = {
  /** Removals remembered per topic, and the largest difference told instead of a SYNC, in rows. */
  readonly history: number;
  /** Worst first. */
  readonly compare: {
    readonly [T in keyof Rows & string]: (a: Rows[T], b: Rows[T]) => number;
  };
  /** Different for each life of the process, so that no version of another life is taken for one of ours. */
  readonly epoch: string;
  /** Least time between two batches. */
  readonly batchMs?: number;
  readonly chunkRows?: number;
  /** Messages kept for a subscriber that does not read. */
  readonly bufferedMessages?: number;
  /** How long an opening list is shared by new subscribers; what changed meanwhile follows it at once. */
  readonly snapshotMs?: number;
  readonly timers?: Timers;
};

type Subscriber = {
  readonly topics: ReadonlySet<string>;
  readonly filter: StreamFilter;
  readonly subscription: BoundedSubscription;
};

/**
 * Keeps the last value of each row and tells subscribers what changes, in batches of one message per topic. Knows
 * nothing of what the rows mean. A message is built and serialised once for all subscribers with the same filter.
 */
export function createStreamHub<Rows extends RowsByTopic>(
  options: StreamHubOptions<Rows>,
): StreamHub<Rows> {
  return new Hub<Rows>(options);
}

class Hub<Rows extends RowsByTopic> implements StreamHub<Rows> {
  readonly #options: Required<StreamHubOptions<Rows>>;
  readonly #topics = new Map<string, StreamTopic>();
  readonly #changed = new Set<StreamTopic>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #snapshots = new Map<string, Snapshot>();
  #version = 0;
  #flushedAtMs = 0;
  #cancelFlush: (() => void) | null = null;
  #cancelSnapshots: (() => void) | null = null;

  constructor(options: StreamHubOptions<Rows>) {
    this.#options = {
      batchMs: 25,
      chunkRows: 100,
      bufferedMessages: 256,
      snapshotMs: 1_000,
      timers: systemTimers,
      ...options,
    };
    const compares: Readonly<Record<string, (a: never, b: never) => number>> = options.compare;
    for (const [name, compare] of Object.entries(compares)) {
      this.#topics.set(name, new StreamTopic({ name, compare, history: options.history }));
    }
  }

  publish(topic: string, key: string, row: unknown): void {
    this.#note(topic, (rows) => rows.put(key, row));
  }

  remove(topic: string, key: string): void {
    this.#note(topic, (rows) => rows.remove(key));
  }

  touch(topic: string, key: string): void {
    this.#note(topic, (rows) => rows.touch(key));
  }

  get<T extends keyof Rows & string>(topic: T, key: string): Rows[T] | undefined {
    // `publish` takes only rows of the topic's type.
    return this.#topic(topic).get(key) as Rows[T] | undefined;
  }

  subscribe({
    topics,
    filter = EVERYTHING,
    lastEventId,
  }: Parameters<StreamHub<Rows>["subscribe"]>[0]): StreamSubscription {
    this.#flush();
    const catchUp = (since: number | null) => this.#catchUp(topics, filter, since);
    const subscriber: Subscriber = {
      topics: new Set(topics),
      filter,
      subscription: new BoundedSubscription({
        limit: this.#options.bufferedMessages,
        opening: catchUp(this.#parseVersion(lastEventId)),
        catchUp,
        onClose: () => this.#subscribers.delete(subscriber),
      }),
    };
    this.#subscribers.add(subscriber);
    return subscriber.subscription;
  }

  subscribers(): number {
    return this.#subscribers.size;
  }

  close(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#dropSnapshots();
    for (const { subscription } of [...this.#subscribers]) subscription.close();
  }

  #topic(name: string): StreamTopic {
    const topic = this.#topics.get(name);
    if (!topic) throw new Error(`the hub has no topic ${name}`);
    return topic;
  }

  #note(name: string, change: (topic: StreamTopic) => boolean): void {
    const topic = this.#topic(name);
    if (!change(topic)) return;
    this.#changed.add(topic);
    this.#cancelFlush ??= this.#options.timers.after(this.#batchMs(), () => this.#flush());
  }

  /** What comes after a quiet time is told at once; only what follows closely is put together. */
  #batchMs(): number {
    const { timers, batchMs } = this.#options;
    return Math.max(0, this.#flushedAtMs + batchMs - timers.now());
  }

  /** Closes the batch: each changed topic gets a version and one message per filter in use. */
  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    if (this.#changed.size > 0) this.#flushedAtMs = this.#options.timers.now();
    for (const topic of this.#changed) {
      this.#version += 1;
      this.#broadcast(topic, topic.close(this.#version));
    }
    this.#changed.clear();
  }

  #broadcast(topic: StreamTopic, keys: ReadonlySet<string>): void {
    const messages = new Map<string, StreamMessage | null>();
    for (const { topics, filter, subscription } of this.#subscribers) {
      if (!topics.has(topic.name)) continue;
      let message = messages.get(filter.id);
      if (message === undefined) {
        message = this.#buildChange(topic, keys, filter);
        messages.set(filter.id, message);
      }
      if (message) subscription.push(message, this.#version);
    }
  }

  #buildChange(
    topic: StreamTopic,
    keys: ReadonlySet<string>,
    filter: StreamFilter,
  ): StreamMessage | null {
    const difference = topic.latest(keys, this.#version, filter);
    const { upserts, removals, touched } = difference;
    if (upserts.length + removals.length + touched.length === 0) return null;
    const version = this.version();
    return buildChangeMessage({ topic: topic.name, ...difference, version }, version);
  }

  /** What brings a subscriber from `since` (null: nothing) to now. */
  #catchUp(
    topics: readonly string[],
    filter: StreamFilter,
    since: number | null,
  ): ReturnType<CatchUp> {
    this.#flush();
    const version = this.#version;
    const changes = since === null ? null : this.#changesSince(topics, filter, since);
    if (changes) return { messages: changes, version };

    const snapshots = topics.map((topic) => this.#snapshot(topic, filter));
    const oldest = Math.min(version, ...snapshots.map((snapshot) => snapshot.version));
    if (oldest === version) return { messages: syncMessages(snapshots, true), version };
    const rest = this.#changesSince(topics, filter, oldest);
    if (rest) return { messages: [...syncMessages(snapshots, false), ...rest], version };
    this.#dropSnapshots();
    return this.#catchUp(topics, filter, null);
  }

  /**
   * One message per topic, empty ones too: they tell the subscriber that it is up to date. Only the last can be resumed
   * from: before it, the later topics are still behind.
   */
  #changesSince(
    topics: readonly string[],
    filter: StreamFilter,
    since: number,
  ): StreamMessage[] | null {
    const version = this.version();
    const messages: StreamMessage[] = [];
    for (const [index, topic] of topics.entries()) {
      const difference = this.#topic(topic).since(since, filter);
      if (!difference) return null;
      const id = index === topics.length - 1 ? version : null;
      messages.push(buildChangeMessage({ topic, ...difference, version }, id));
    }
    return messages;
  }

  #snapshot(topic: string, filter: StreamFilter): Snapshot {
    const sharedBy = `${topic}\n${filter.id}`;
    const shared = this.#snapshots.get(sharedBy);
    if (shared) return shared;
    const snapshot = buildSnapshot(this.#topic(topic).sorted(filter), {
      topic,
      chunkRows: this.#options.chunkRows,
      version: this.#version,
      id: this.version(),
    });
    this.#snapshots.set(sharedBy, snapshot);
    this.#cancelSnapshots ??= this.#options.timers.after(this.#options.snapshotMs, () =>
      this.#dropSnapshots(),
    );
    return snapshot;
  }

  #dropSnapshots(): void {
    this.#cancelSnapshots?.();
    this.#cancelSnapshots = null;
    this.#snapshots.clear();
  }

  version(): string {
    return `${this.#options.epoch}-${this.#version}`;
  }

  #parseVersion(id: string | null | undefined): number | null {
    const prefix = `${this.#options.epoch}-`;
    if (!id?.startsWith(prefix)) return null;
    const digits = id.slice(prefix.length);
    const version = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
    return version <= this.#version ? version : null;
  }
}
