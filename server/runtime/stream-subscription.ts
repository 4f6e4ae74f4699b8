import type { StreamMessage } from "./stream-message";

/** A stream as one subscriber reads it, message by message. Ends by `close()`, by leaving the loop, or with the hub. */
export interface StreamSubscription extends AsyncIterable<StreamMessage> {
  /** The next message; null once the subscription has ended. One caller at a time. */
  next(): Promise<StreamMessage | null>;
  /** The next message if one is ready; null otherwise. */
  poll(): StreamMessage | null;
  close(): void;
}

export type CatchUp = (since: number) => {
  readonly messages: Iterable<StreamMessage>;
  readonly version: number;
};

/**
 * Messages for one subscriber that may be slower than the cluster. What is ready to be read is bounded: when it would
 * grow past `limit`, it is dropped, and the next read gets what differs since the last version that was read (or a new
 * SYNC), merged. So a slow reader costs no memory and never reads what is no longer true.
 */
export class BoundedSubscription implements StreamSubscription {
  readonly #limit: number;
  readonly #catchUp: CatchUp;
  readonly #onClose: () => void;
  #opening: Iterator<StreamMessage> | null;
  #queue: { readonly message: StreamMessage; readonly version: number }[] = [];
  #read: number;
  #overflowed = false;
  #closed = false;
  #wake: (() => void) | null = null;

  constructor(options: {
    readonly limit: number;
    readonly opening: ReturnType<CatchUp>;
    readonly catchUp: CatchUp;
    readonly onClose: () => void;
  }) {
    this.#limit = options.limit;
    this.#catchUp = options.catchUp;
    this.#onClose = options.onClose;
    this.#opening = options.opening.messages[Symbol.iterator]();
    this.#read = options.opening.version;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  push(message: StreamMessage, version: number): void {
    if (this.#closed || this.#overflowed) return;
    if (this.#queue.length >= this.#limit) {
      this.#queue = [];
      this.#overflowed = true;
    } else {
      this.#queue.push({ message, version });
    }
    this.#wake?.();
  }

  poll(): StreamMessage | null {
    if (this.#closed) return null;
    const opening = this.#opening?.next();
    if (opening && opening.done !== true) return opening.value;
    this.#opening = null;
    if (this.#overflowed) return this.#restart();
    const next = this.#queue.shift();
    if (!next) return null;
    this.#read = next.version;
    return next.message;
  }

  async next(): Promise<StreamMessage | null> {
    for (;;) {
      if (this.#closed) return null;
      const message = this.poll();
      if (message) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#opening = null;
    this.#onClose();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage> {
    try {
      for (let message = await this.next(); message; message = await this.next()) yield message;
    } finally {
      this.close();
    }
  }

  #restart(): StreamMessage | null {
    const { messages, version } = this.#catchUp(this.#read);
    this.#overflowed = false;
    this.#read = version;
    this.#opening = messages[Symbol.iterator]();
    return this.poll();
  }
}
