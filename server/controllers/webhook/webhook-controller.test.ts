import { beforeEach, describe, expect, it } from "vitest";

import type {
  NewWebhookMessage,
  SendResult,
  WebhookMessage,
  WebhookQueue,
  WebhookSummary,
} from "@/server/notification-ports";
import { createFakeTimers, type FakeTimers } from "@/server/testing/fake-timers";
import {
  createWebhookController,
  GIVE_UP_MS,
  RETRY,
  type WebhookController,
} from "./webhook-controller";

const DOWN: SendResult = { kind: "unreachable", error: "The receiver answered 503." };
const REFUSED: SendResult = { kind: "rejected", error: "The receiver answered 400." };
const DELIVERED: SendResult = { kind: "delivered" };
const HOUR = 3_600_000;

let timers: FakeTimers;
let queue: ReturnType<typeof aQueue>;
let sent: { readonly id: string; readonly atMs: number }[];
let answer: (id: string) => SendResult;
let summaries: WebhookSummary[];
let failures: { readonly id: string; readonly givenUp: boolean }[];

beforeEach(() => {
  timers = createFakeTimers("2026-03-01T12:00:00.000Z");
  queue = aQueue();
  sent = [];
  summaries = [];
  failures = [];
  answer = () => DELIVERED;
});

/** The table of the test; what was added stays, whatever process looks at it. */
function aQueue() {
  const rows = new Map<string, WebhookMessage & { state: string; lastError: string | null }>();
  const set = (id: string, change: object) => {
    rows.set(id, { ...rows.get(id)!, ...change });
    return Promise.resolve();
  };
  const count = (state: string) => [...rows.values()].filter((row) => row.state === state).length;
  const port: WebhookQueue = {
    pending: (limit) =>
      Promise.resolve([...rows.values()].filter((row) => row.state === "Pending").slice(0, limit)),
    delivered: (id) => set(id, { state: "Delivered" }),
    retry: (id, { at, error }) =>
      set(id, { attempts: rows.get(id)!.attempts + 1, nextAttemptAt: at, lastError: error }),
    giveUp: (id, { error }) => set(id, { state: "GivenUp", lastError: error }),
    summary: () =>
      Promise.resolve({
        pending: count("Pending"),
        delivered: count("Delivered"),
        givenUp: count("GivenUp"),
        lastDeliveredAt: null,
        lastError: null,
      }),
  };
  const add = (id: string, subject = id) => {
    const createdAt = new Date(timers.now());
    const message: NewWebhookMessage = { subject, payload: `{"id":"${id}"}`, createdAt };
    rows.set(id, {
      ...message,
      id,
      attempts: 0,
      nextAttemptAt: createdAt,
      state: "Pending",
      lastError: null,
    });
  };
  return { port, add, state: (id: string) => rows.get(id)?.state };
}

function start(): WebhookController {
  const controller = createWebhookController({
    queue: queue.port,
    sender: {
      send: ({ id }) => {
        sent.push({ id, atMs: timers.now() });
        return Promise.resolve(answer(id));
      },
    },
    timers,
    random: () => 1, // the whole delay, so that times can be told
    onSummary: (summary) => summaries.push(summary),
    onFailure: (failure) => failures.push(failure),
    onError: (error) => {
      throw error;
    },
  });
  controller.start();
  return controller;
}

const order = () => sent.map(({ id }) => id);
const gaps = () => sent.slice(1).map(({ atMs }, nth) => atMs - (sent[nth]?.atMs ?? 0));

describe("delivery", () => {
  it("sends what waits, oldest first, and each once", async () => {
    for (const id of ["a", "b", "c"]) queue.add(id);
    const controller = start();
    await timers.settle();
    controller.wake();
    await timers.advance(HOUR);
    expect(order()).toEqual(["a", "b", "c"]);
    expect(summaries.at(-1)).toMatchObject({ pending: 0, delivered: 3 });
  });

  it("sends what comes later as soon as it is woken", async () => {
    const controller = start();
    await timers.settle();
    queue.add("a");
    controller.wake();
    await timers.settle();
    expect(order()).toEqual(["a"]);
  });

  it("tries again with growing delays up to an hour while the receiver is away", async () => {
    queue.add("a");
    answer = () => DOWN;
    start();
    await timers.advance(6 * HOUR);
    expect(gaps().slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(Math.max(...gaps())).toBe(RETRY.maxMs);
    answer = () => DELIVERED;
    await timers.advance(HOUR);
    expect(queue.state("a")).toBe("Delivered");
  });

  it("asks a receiver that is away once per delay, however much waits and however often it is woken", async () => {
    for (let nth = 0; nth < 50; nth += 1) queue.add(`m${nth}`);
    answer = () => DOWN;
    const controller = start();
    await timers.advance(1_000);
    for (let nth = 0; nth < 10; nth += 1) {
      controller.wake();
      await timers.settle();
    }
    expect(sent).toHaveLength(1);
    answer = () => DELIVERED;
    await timers.advance(10_000);
    expect(new Set(order()).size).toBe(50);
  });

  it("keeps back only what is about the same thing when a message is refused", async () => {
    queue.add("opened", "claim");
    queue.add("other", "model");
    queue.add("closed", "claim");
    answer = (id) => (id === "opened" ? REFUSED : DELIVERED);
    start();
    await timers.advance(1_000);
    expect(order()).toEqual(["opened", "other"]);
    answer = () => DELIVERED;
    await timers.advance(10_000);
    expect(order()).toEqual(["opened", "other", "opened", "closed"]);
  });

  it("gives a message up after a day, says so, and goes on with the next", async () => {
    queue.add("old", "claim");
    queue.add("next", "claim");
    answer = (id) => (id === "old" ? REFUSED : DELIVERED);
    start();
    await timers.advance(GIVE_UP_MS + 2 * HOUR);
    expect(queue.state("old")).toBe("GivenUp");
    expect(failures.at(-1)).toMatchObject({ id: "old", givenUp: true });
    expect(order().at(-1)).toBe("next");
    expect(summaries.at(-1)).toMatchObject({ pending: 0, givenUp: 1, delivered: 1 });
  });

  it("goes on after a restart where it was, with the delay that the database remembers", async () => {
    queue.add("a");
    answer = () => REFUSED;
    const first = start();
    await timers.advance(1_000);
    await first.stop();
    answer = () => DELIVERED;
    start();
    await timers.advance(3_000);
    expect(order()).toEqual(["a"]);
    await timers.advance(2_000);
    expect(order()).toEqual(["a", "a"]);
    expect(queue.state("a")).toBe("Delivered");
  });
});
