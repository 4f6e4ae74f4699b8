export type SyncPayload<Row = unknown> = {
  readonly topic: string;
  readonly items: readonly Row[];
  /** The list of this topic is whole with this chunk. */
  readonly last: boolean;
  readonly version: string;
};

export type ChangePayload<Row = unknown> = {
  readonly topic: string;
  readonly upserts: readonly Row[];
  readonly removals: readonly string[];
  readonly touched: readonly string[];
  readonly version: string;
};

/**
 * One message of a stream. The same object goes to every subscriber that is to see the same thing, so what is derived
 * from it (`json` here, the framed bytes elsewhere, by a WeakMap) is made once for all of them.
 */
export type StreamMessage = {
  readonly event: "sync" | "change";
  /** What to resume from once this message has arrived; null while that would leave a gap. */
  readonly id: string | null;
  readonly payload: SyncPayload | ChangePayload;
  readonly json: string;
};

class Message implements StreamMessage {
  readonly event: "sync" | "change";
  readonly id: string | null;
  readonly payload: SyncPayload | ChangePayload;
  #json: string | null = null;

  constructor(fields: Omit<StreamMessage, "json">) {
    this.event = fields.event;
    this.id = fields.id;
    this.payload = fields.payload;
  }

  get json(): string {
    return (this.#json ??= JSON.stringify(this.payload));
  }
}

/** A chunk of a list. */
export function buildSyncMessage(payload: SyncPayload, id: string | null): StreamMessage {
  return new Message({ event: "sync", id, payload });
}

/** Changes of one topic up to `payload.version`. */
export function buildChangeMessage(payload: ChangePayload, id: string | null): StreamMessage {
  return new Message({ event: "change", id, payload });
}
