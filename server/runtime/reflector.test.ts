import { describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createFakeTimers } from "@/server/testing/fake-timers";
import { keyOf, type Listed, type ListPage, type ListWatch, type WatchEvent } from "./list-watch";
import { createReflector, type ReflectorOptions } from "./reflector";

const object = (name: string, resourceVersion: string, uid = `uid-${name}`): Listed => ({
  metadata: { name, namespace: "ml", uid, resourceVersion },
});
const page = (items: Listed[], resourceVersion: string, continueToken: string | null = null) => ({
  items,
  resourceVersion,
  continueToken,
});

type Batch = readonly WatchEvent<Listed>[];

/** A watch that a test feeds by hand. */
function openWatch(resourceVersion: string, signal: AbortSignal) {
  const waiting: (Batch | Error | "end")[] = [];
  let wake: () => void = () => undefined;
  const push = (item: Batch | Error | "end") => {
    waiting.push(item);
    wake();
  };
  signal.addEventListener("abort", () => push(new Error("aborted")));
  async function* read(): AsyncGenerator<Batch> {
    for (;;) {
      const next = waiting.shift();
      if (next === "end") return;
      if (next instanceof Error) throw next;
      if (next) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return { resourceVersion, push, read, signal };
}

/** An API server whose answers to LIST are scripted; a watch is opened unless a failure is next. */
function fakeServer(...pages: (ListPage<Listed> | Error)[]) {
  const lists: { continueToken: string | null }[] = [];
  const watches: ReturnType<typeof openWatch>[] = [];
  const watchFailures: Error[] = [];
  const source: ListWatch<Listed> = {
    async list({ continueToken }) {
      lists.push({ continueToken });
      const next = pages.shift();
      if (next === undefined) throw new Error("the test gave no more pages");
      if (next instanceof Error) throw next;
      return next;
    },
    async watch({ resourceVersion, signal }) {
      const failure = watchFailures.shift();
      if (failure) throw failure;
      const watch = openWatch(resourceVersion, signal);
      watches.push(watch);
      return watch.read();
    },
  };
  return { source, lists, watches, watchFailures, pages };
}

function setUp(
  server: ReturnType<typeof fakeServer>,
  options: Partial<ReflectorOptions<Listed>> = {},
) {
  const timers = createFakeTimers();
  const told: string[][] = [];
  const reflector = createReflector({
    source: server.source,
    sink: {
      upsert: (objects) =>
        told.push(objects.map((item) => `+${keyOf(item)}@${item.metadata.resourceVersion}`)),
      remove: (keys) => told.push(keys.map((key) => `-${key}`)),
    },
    timers,
    random: () => 0,
    ...options,
  });
  reflector.start();
  return { reflector, timers, told, latest: () => server.watches.at(-1)! };
}

describe("reflector, list and watch", () => {
  it("lists every page, tells all at once, and watches from the list's version", async () => {
    const server = fakeServer(page([object("a", "1")], "8", "next"), page([object("b", "2")], "9"));
    const { reflector, timers, told, latest } = setUp(server);
    await timers.settle();

    expect(server.lists.map(({ continueToken }) => continueToken)).toEqual([null, "next"]);
    expect(told).toEqual([["+ml/a@1", "+ml/b@2"]]);
    expect(latest().resourceVersion).toBe("9");
    expect(reflector.state()).toMatchObject({
      synced: true,
      visible: true,
      connected: true,
      restarts: 0,
      error: null,
      objects: 2,
      lastEventAt: "2026-03-01T12:00:00.000Z",
    });
    await reflector.stop();
  });

  it("tells events that arrive together in one go, the last of each object only", async () => {
    const { reflector, timers, told, latest } = setUp(fakeServer(page([object("a", "1")], "9")));
    await timers.settle();
    told.length = 0;

    latest().push([
      { type: "MODIFIED", object: object("a", "10") },
      { type: "ADDED", object: object("b", "11") },
      { type: "MODIFIED", object: object("a", "12") },
      { type: "ADDED", object: object("c", "13") },
      { type: "DELETED", object: object("c", "14") },
    ]);
    await timers.settle();

    expect(told).toEqual([["-ml/c"], ["+ml/a@12", "+ml/b@11"]]);
    await reflector.stop();
  });

  it("tells an object that was made anew as removed and then added", async () => {
    const { reflector, timers, told, latest } = setUp(fakeServer(page([object("a", "1")], "9")));
    await timers.settle();
    told.length = 0;

    latest().push([
      { type: "DELETED", object: object("a", "10") },
      { type: "ADDED", object: object("a", "11", "uid-new") },
    ]);
    await timers.settle();

    expect(told).toEqual([["-ml/a"], ["+ml/a@11"]]);
    await reflector.stop();
  });

  it("watches again from the last bookmark when the server ends the watch in time", async () => {
    const server = fakeServer(page([], "9"));
    const { reflector, timers, latest } = setUp(server);
    await timers.settle();
    latest().push([{ type: "BOOKMARK", resourceVersion: "50" }]);
    await timers.settle();
    await timers.advance(5_000);
    latest().push("end");
    await timers.settle();

    expect(server.watches.map(({ resourceVersion }) => resourceVersion)).toEqual(["9", "50"]);
    expect(server.lists).toHaveLength(1);
    expect(reflector.state()).toMatchObject({ connected: true, restarts: 0 });
    await reflector.stop();
  });

  it("replaces a watch that is silent for longer than it was asked to last", async () => {
    const server = fakeServer(page([], "9"));
    const { reflector, timers } = setUp(server, { watchSeconds: 60, graceMs: 5_000 });
    await timers.settle();
    await timers.advance(64_000);
    expect(server.watches).toHaveLength(1);
    await timers.advance(2_000);

    expect(server.watches).toHaveLength(2);
    expect(server.watches[0]!.signal.aborted).toBe(true);
    expect(server.lists).toHaveLength(1);
    expect(reflector.state()).toMatchObject({ connected: true, restarts: 1 });
    await reflector.stop();
  });
});

describe("reflector, failures", () => {
  it("lists again at once when its version is gone, and tells only what differs", async () => {
    const gone = new AppError("Gone", "too old resource version");
    const server = fakeServer(
      page([object("same", "1"), object("changed", "2"), object("deleted", "3")], "9"),
      page([object("same", "1"), object("changed", "20"), object("anew", "21")], "30"),
    );
    const { reflector, timers, told, latest } = setUp(server);
    await timers.settle();
    told.length = 0;

    latest().push([{ type: "ERROR", error: gone }]);
    await timers.settle();

    expect(told).toEqual([["-ml/deleted"], ["+ml/changed@20", "+ml/anew@21"]]);
    expect(latest().resourceVersion).toBe("30");
    expect(timers.pending()).toHaveLength(1); // the silence of the new watch; no backoff
    expect(reflector.state().restarts).toBe(1);
    await reflector.stop();
  });

  it("does not list in a tight loop when every new version is gone at once", async () => {
    const gone = () => new AppError("Gone", "too old resource version");
    const server = fakeServer(page([], "9"), page([], "10"), page([], "11"));
    server.watchFailures.push(gone(), gone());
    const { reflector, timers } = setUp(server);
    await timers.settle();

    expect(server.lists).toHaveLength(2);
    expect(timers.pending()).toEqual([250]);
    await reflector.stop();
  });

  it("goes on from the last version when a watch breaks", async () => {
    const server = fakeServer(page([], "9"));
    const { reflector, timers, latest } = setUp(server);
    await timers.settle();
    latest().push([{ type: "ADDED", object: object("a", "12") }]);
    latest().push(new AppError("ServiceUnavailable", "connection reset"));
    await timers.settle();
    expect(reflector.state()).toMatchObject({ connected: false, error: "connection reset" });

    await timers.advance(500);
    expect(server.watches.map(({ resourceVersion }) => resourceVersion)).toEqual(["9", "12"]);
    expect(server.lists).toHaveLength(1);
    expect(reflector.state()).toMatchObject({ connected: true, error: null, restarts: 1 });
    await reflector.stop();
  });

  it("lists when a watch cannot be opened, because the server may be another one by then", async () => {
    const server = fakeServer(page([object("a", "900")], "900"), page([object("a", "3")], "5"));
    const { reflector, timers, told, latest } = setUp(server);
    await timers.settle();
    server.watchFailures.push(new AppError("ServiceUnavailable", "refused"));
    latest().push(new AppError("ServiceUnavailable", "connection reset"));
    await timers.advance(2_000);

    expect(latest().resourceVersion).toBe("5");
    expect(told.at(-1)).toEqual(["+ml/a@3"]);
    await reflector.stop();
  });

  it("waits longer after each failed list, up to half a minute, and never gives up", async () => {
    const server = fakeServer();
    const { reflector, timers } = setUp(server, { random: () => 1 });
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      await timers.settle();
      waits.push(timers.pending()[0]!);
      await timers.advance(waits.at(-1)!);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    server.pages.push(page([], "9"));
    await timers.advance(30_000);
    expect(reflector.state()).toMatchObject({ synced: true, connected: true, restarts: 9 });
    await reflector.stop();
  });

  it("tries at once when somebody knows that the server is back, and waits again when it is not", async () => {
    const server = fakeServer(new AppError("ServiceUnavailable", "away"));
    const { reflector, timers } = setUp(server, { random: () => 1 });
    await timers.settle();
    reflector.retryNow();
    await timers.settle();
    expect(timers.pending()).toEqual([1_000]);
    server.pages.push(page([], "9"));
    reflector.retryNow();
    await timers.settle();
    expect(reflector.state()).toMatchObject({ connected: true });
    await reflector.stop();
  });

  it("waits as long as an overloaded server asks", async () => {
    const busy = new AppError("TooManyRequests", "slow down", { retryAfterSeconds: 7 });
    const { reflector, timers } = setUp(fakeServer(busy, page([], "9")));
    await timers.settle();
    expect(timers.pending()).toEqual([7_000]);
    await reflector.stop();
  });

  it("is not ended by a throw in the sink, and tells the lost objects again with the next list", async () => {
    const errors: unknown[] = [];
    const told: string[] = [];
    const broken = new Error("sink");
    const server = fakeServer(page([object("a", "1")], "9"), page([object("a", "1")], "10"));
    const { reflector, timers, latest } = setUp(server, {
      onError: (error) => errors.push(error),
      sink: {
        remove: () => undefined,
        upsert: (objects) => {
          if (errors.length === 0) throw broken;
          told.push(...objects.map(keyOf));
        },
      },
    });
    await timers.settle();
    expect(errors).toEqual([broken]);

    latest().push([{ type: "ADDED", object: object("b", "10") }]);
    latest().push([{ type: "ERROR", error: new AppError("Gone", "old") }]);
    await timers.settle();
    expect(told).toEqual(["ml/b", "ml/a"]);
    await reflector.stop();
  });

  it("does not ask in a tight loop when each watch is ended as soon as it opens", async () => {
    const { reflector, timers, latest } = setUp(fakeServer(page([], "9")));
    await timers.settle();
    latest().push("end");
    await timers.settle();
    expect(timers.pending()).toEqual([250]);
    await reflector.stop();
  });
});

describe("reflector, what may not be listed", () => {
  const forbidden = () => new AppError("Forbidden", "models is forbidden");

  it("says at once that a kind is not visible, and asks slowly whether it became so", async () => {
    const server = fakeServer(forbidden(), page([object("a", "1")], "9"));
    const { reflector, timers } = setUp(server);
    await timers.settle();
    expect(reflector.state()).toMatchObject({ visible: false, synced: false, restarts: 1 });

    await timers.advance(30_000);
    expect(reflector.state()).toMatchObject({ visible: true, synced: true });
    await reflector.stop();
  });

  it("withdraws what it told once a kind is refused for good, not at the first refusal", async () => {
    const states: (boolean | null)[] = [];
    const server = fakeServer(page([object("a", "1")], "9"), ...[1, 2, 3].map(forbidden));
    const { reflector, timers, told, latest } = setUp(server, {
      onStateChange: ({ visible }) => states.push(visible),
    });
    await timers.settle();
    latest().push([{ type: "ERROR", error: new AppError("Gone", "old") }]);
    await timers.settle();
    expect(reflector.state()).toMatchObject({ visible: true, connected: false });
    expect(told).toEqual([["+ml/a@1"]]);

    await timers.advance(1_000);
    expect(reflector.state()).toMatchObject({ visible: false, objects: 0 });
    expect(told).toEqual([["+ml/a@1"], ["-ml/a"]]);
    expect(states.at(-1)).toBe(false);
    await reflector.stop();
  });
});

describe("reflector, stop", () => {
  it("aborts the watch and tells nothing afterwards", async () => {
    const { reflector, timers, told, latest } = setUp(fakeServer(page([], "9")));
    await timers.settle();
    const watch = latest();
    await reflector.stop();
    watch.push([{ type: "ADDED", object: object("a", "10") }]);
    await timers.settle();

    expect(watch.signal.aborted).toBe(true);
    expect(told).toEqual([]);
    expect(timers.pending()).toEqual([]);
  });

  it("ends a wait for the next try", async () => {
    const { reflector, timers } = setUp(fakeServer());
    await timers.settle();
    await reflector.stop();
    expect(timers.pending()).toEqual([]);
  });
});
