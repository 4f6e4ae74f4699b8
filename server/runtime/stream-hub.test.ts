import { describe, expect, it } from "vitest";

import { createFakeTimers } from "@/server/testing/fake-timers";
import { createStreamHub, type StreamHubOptions } from "./stream-hub";
import type { ChangePayload, StreamMessage, SyncPayload } from "./stream-message";
import type { StreamSubscription } from "./stream-subscription";

type Row = { readonly name: string; readonly rank: number };
type Rows = { readonly services: Row; readonly claims: Row };

const byRank = (a: Row, b: Row) => a.rank - b.rank;

function setUp(options: Partial<StreamHubOptions<Rows>> = {}) {
  const timers = createFakeTimers();
  const hub = createStreamHub<Rows>({
    history: 50,
    epoch: "e1",
    compare: { services: byRank, claims: byRank },
    timers,
    ...options,
  });
  const put = (name: string, rank = 0) => hub.publish("services", name, { name, rank });
  return { hub, timers, put };
}

/** What is there to be read without waiting. */
function drain(subscription: StreamSubscription): StreamMessage[] {
  const messages: StreamMessage[] = [];
  for (let message = subscription.poll(); message; message = subscription.poll()) {
    messages.push(message);
  }
  return messages;
}

const rowsOf = (message: StreamMessage) => (message.payload as SyncPayload<Row>).items;
const changeOf = (message: StreamMessage | undefined) => message?.payload as ChangePayload<Row>;

describe("stream hub, opening", () => {
  it("sends the whole list, worst first, in chunks; only the very last message can be resumed from", async () => {
    const { hub, put } = setUp({ chunkRows: 2 });
    for (const [index, name] of ["a", "b", "c"].entries()) put(name, 10 - index);

    const messages = drain(hub.subscribe({ topics: ["services", "claims"] }));

    expect(messages.map(({ event, id }) => [event, id])).toEqual([
      ["sync", null],
      ["sync", null],
      ["sync", "e1-1"],
    ]);
    expect(messages.flatMap(rowsOf).map(({ name }) => name)).toEqual(["c", "b", "a"]);
    expect(messages.map(({ payload }) => payload)).toMatchObject([
      { topic: "services", last: false, version: "e1-1" },
      { topic: "services", last: true, version: "e1-1" },
      { topic: "claims", last: true, items: [] },
    ]);
  });

  it("shares the opening list among subscribers and adds what changed since", async () => {
    const { hub, put } = setUp();
    put("a");
    const [first] = drain(hub.subscribe({ topics: ["services"] }));
    put("b");
    hub.remove("services", "a");

    const [list, change] = drain(hub.subscribe({ topics: ["services"] }));

    expect(list).toMatchObject({ event: "sync", id: null, payload: first!.payload });
    expect(change).toMatchObject({ event: "change", id: "e1-2" });
    expect(changeOf(change)).toMatchObject({ upserts: [{ name: "b" }], removals: ["a"] });
  });

  it("builds a new list once the shared one is old", async () => {
    const { hub, put, timers } = setUp({ snapshotMs: 1_000 });
    put("a");
    drain(hub.subscribe({ topics: ["services"] }));
    put("b");
    await timers.advance(1_000);

    const messages = drain(hub.subscribe({ topics: ["services"] }));

    expect(messages.map(({ event }) => event)).toEqual(["sync"]);
    expect(rowsOf(messages[0]!)).toHaveLength(2);
  });

  it("shows only what the filter lets through, in lists, changes and removals", async () => {
    const { hub, put, timers } = setUp();
    put("a/x");
    put("b/x");
    const filter = {
      id: "ns=a",
      includes: (_topic: string, key: string) => key.startsWith("a/"),
    };
    const subscription = hub.subscribe({ topics: ["services"], filter });
    expect(drain(subscription).flatMap(rowsOf)).toEqual([{ name: "a/x", rank: 0 }]);

    put("b/x", 2);
    await timers.advance(25);
    expect(drain(subscription)).toEqual([]);

    hub.remove("services", "a/x");
    hub.remove("services", "b/x");
    await timers.advance(25);
    expect(changeOf(drain(subscription)[0]).removals).toEqual(["a/x"]);
  });
});

describe("stream hub, changes", () => {
  it("merges what happens within a batch into one message per topic", async () => {
    const { hub, put, timers } = setUp();
    put("kept");
    const subscription = hub.subscribe({ topics: ["services", "claims"] });
    drain(subscription);

    put("a", 1);
    put("a", 2);
    hub.touch("services", "kept");
    hub.publish("claims", "c", { name: "c", rank: 0 });
    await timers.advance(24);
    expect(drain(subscription)).toEqual([]);
    await timers.advance(1);

    const messages = drain(subscription);
    expect(messages.map(({ payload }) => payload)).toEqual([
      {
        topic: "services",
        upserts: [{ name: "a", rank: 2 }],
        removals: [],
        touched: ["kept"],
        version: "e1-2",
      },
      {
        topic: "claims",
        upserts: [{ name: "c", rank: 0 }],
        removals: [],
        touched: [],
        version: "e1-3",
      },
    ]);
    expect(messages.map(({ id }) => id)).toEqual(["e1-2", "e1-3"]);
  });

  it("publishes nothing for a row that is equal, a key that is unknown, or a topic not asked for", async () => {
    const { hub, put, timers } = setUp();
    put("a");
    const subscription = hub.subscribe({ topics: ["services"] });
    drain(subscription);

    put("a");
    hub.remove("services", "unknown");
    hub.touch("services", "unknown");
    hub.publish("claims", "c", { name: "c", rank: 0 });
    await timers.advance(100);

    expect(drain(subscription)).toEqual([]);
  });

  it("serialises a change once for everybody who sees the same", async () => {
    const { hub, put, timers } = setUp();
    const subscriptions = [1, 2, 3].map(() => hub.subscribe({ topics: ["services"] }));
    for (const subscription of subscriptions) drain(subscription);
    put("a");
    await timers.advance(25);

    const received = await Promise.all(subscriptions.map((subscription) => subscription.next()));

    expect(new Set(received).size).toBe(1);
    expect(JSON.parse(received[0]!.json)).toEqual(received[0]!.payload);
  });
});

describe("stream hub, resuming", () => {
  it("sends only the difference, also an empty one", async () => {
    const { hub, put, timers } = setUp();
    put("a");
    put("b");
    await timers.advance(25);
    const lastEventId = hub.version();
    put("b", 5);
    hub.remove("services", "a");
    await timers.advance(25);

    const [change, ...rest] = drain(hub.subscribe({ topics: ["services"], lastEventId }));
    expect(rest).toEqual([]);
    expect(changeOf(change)).toMatchObject({ upserts: [{ name: "b", rank: 5 }], removals: ["a"] });

    const [nothing] = drain(hub.subscribe({ topics: ["services"], lastEventId: change!.id }));
    expect(changeOf(nothing)).toMatchObject({ upserts: [], removals: [], touched: [] });
  });

  it("can be resumed only from the last of several messages that bring topics up to date", async () => {
    const { hub, put } = setUp();
    const lastEventId = hub.version();
    put("a");
    const messages = drain(hub.subscribe({ topics: ["services", "claims"], lastEventId }));
    expect(messages.map(({ id }) => id)).toEqual([null, "e1-1"]);
  });

  it.each([
    ["of another life of the process", "e0-1"],
    ["from the future", "e1-99"],
    ["that is not one", "e1-x"],
  ])("starts over with a version %s", async (_case, lastEventId) => {
    const { hub, put } = setUp();
    put("a");
    const [message] = drain(hub.subscribe({ topics: ["services"], lastEventId }));
    expect(message?.event).toBe("sync");
  });

  it("starts over when a removal since then is forgotten", async () => {
    const { hub, put, timers } = setUp({ history: 2 });
    for (const name of ["a", "b", "c"]) put(name);
    await timers.advance(25);
    const lastEventId = hub.version();
    for (const name of ["a", "b", "c"]) {
      hub.remove("services", name);
      await timers.advance(25);
    }

    const [message] = drain(hub.subscribe({ topics: ["services"], lastEventId }));
    expect(message?.event).toBe("sync");
  });
});

describe("stream hub, subscribers", () => {
  it("keeps no more than the bound for one that does not read, which then gets the merged difference", async () => {
    const { hub, put, timers } = setUp({ bufferedMessages: 3 });
    const subscription = hub.subscribe({ topics: ["services"] });
    drain(subscription);
    for (let n = 1; n <= 10; n += 1) {
      put("a", n);
      await timers.advance(25);
    }

    const messages = drain(subscription);
    expect(messages).toHaveLength(1);
    expect(changeOf(messages[0]).upserts).toEqual([{ name: "a", rank: 10 }]);

    put("a", 11);
    await timers.advance(25);
    expect(drain(subscription)).toHaveLength(1);
  });

  it("starts over for one that is too far behind for a difference", async () => {
    const { hub, put, timers } = setUp({ bufferedMessages: 1, history: 2 });
    const subscription = hub.subscribe({ topics: ["services"] });
    drain(subscription);
    for (const name of ["a", "b", "c", "d"]) {
      put(name);
      await timers.advance(25);
    }

    const messages = drain(subscription);
    expect(messages.map(({ event }) => event)).toEqual(["sync"]);
    expect(rowsOf(messages[0]!)).toHaveLength(4);
  });

  it("forgets one that leaves, and ends them all when it closes", async () => {
    const { hub, put } = setUp();
    put("a");
    for await (const message of hub.subscribe({ topics: ["services"] })) {
      expect(message.event).toBe("sync");
      break;
    }
    expect(hub.subscribers()).toBe(0);

    const subscription = hub.subscribe({ topics: ["services"] });
    await subscription.next();
    const waiting = subscription.next();
    hub.close();
    expect(await waiting).toBeNull();
    expect(hub.subscribers()).toBe(0);
  });
});
