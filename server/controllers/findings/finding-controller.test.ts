import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Finding } from "@/server/contract/finding";
import { createOpenFindings } from "@/server/db/open-findings";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import { createWebhookQueue } from "@/server/db/webhook-queue";
import { AppError } from "@/server/errors";
import type { FindingChange, OpenFindingStore } from "@/server/notification-ports";
import { createFakeTimers, type FakeTimers } from "@/server/testing/fake-timers";
import { createFindingController, type FindingController, SETTLE_MS } from "./finding-controller";
import { findingItem } from "./finding-items";
import { buildFindingMessage } from "./finding-message";

const LLAMA = { namespace: "ml", name: "llama" };
const START = "2026-03-01T12:00:00.000Z";

let test: TestDatabase;
let clusterId: string;
let store: OpenFindingStore;
let timers: FakeTimers;
let told: FindingChange[];
let controller: FindingController;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());
beforeEach(() => {
  clusterId = crypto.randomUUID();
  store = createOpenFindings(test.database.prisma, clusterId);
  timers = createFakeTimers(START);
  told = [];
  controller = aController();
});

const aController = () =>
  createFindingController({
    store,
    timers,
    messagesOf: (changes) =>
      changes.map((change) =>
        buildFindingMessage(change, { clusterId, publicUrl: null }, new Date(timers.now())),
      ),
    onChange: (changes) => told.push(...changes),
    onError: () => undefined,
  });

const pending: Finding = {
  code: "ClaimPending",
  severity: "error",
  message: 'Claim "a" waits.',
  nextStep: "Wait.",
  since: null,
  evidence: [],
  actions: [],
};
const brief = () => told.map(({ code, closedAt }) => `${code} ${closedAt ? "closed" : "opened"}`);
/** The database answers in its own time. */
const stored = (expected: readonly string[]) =>
  expect.poll(async () => (await timers.settle(), brief()), { timeout: 5_000 }).toEqual(expected);
const loaded = () =>
  expect.poll(async () => (await timers.settle(), timers.pending().length)).toBeGreaterThan(0);
const messages = async () =>
  (await createWebhookQueue(test.database.prisma).pending(1_000)).filter(({ subject }) =>
    subject.startsWith(clusterId),
  );

describe("a finding", () => {
  it("is told once it has stayed, and again when it is gone, with one message each in that order", async () => {
    controller.see(LLAMA, [pending]);
    controller.start();
    await loaded();
    await timers.advance(SETTLE_MS);
    await stored(["ClaimPending opened"]);
    controller.see(LLAMA, [{ ...pending, message: "Another word." }]);
    await timers.advance(SETTLE_MS);
    controller.see(LLAMA, []);
    await timers.advance(SETTLE_MS);
    await stored(["ClaimPending opened", "ClaimPending closed"]);
    const types = (await messages()).map(
      ({ payload }) => (JSON.parse(payload) as { type: string }).type,
    );
    expect(types).toEqual(["finding.opened", "finding.closed"]);
    await controller.stop();
  });

  it("that comes and goes faster than that is never told, however often", async () => {
    controller.start();
    for (let round = 0; round < 5; round += 1) {
      controller.see(LLAMA, [pending]);
      await timers.advance(SETTLE_MS / 2);
      controller.see(LLAMA, []);
      await timers.advance(SETTLE_MS / 2);
    }
    await timers.advance(SETTLE_MS);
    await controller.stop();
    expect(told).toEqual([]);
    expect(await messages()).toEqual([]);
  });

  it("that is told as open and flickers stays open", async () => {
    controller.see(LLAMA, [pending]);
    controller.start();
    await loaded();
    await timers.advance(SETTLE_MS);
    await stored(["ClaimPending opened"]);
    for (let round = 0; round < 5; round += 1) {
      controller.see(LLAMA, []);
      await timers.advance(SETTLE_MS / 2);
      controller.see(LLAMA, [pending]);
      await timers.advance(SETTLE_MS / 2);
    }
    await controller.stop();
    expect(brief()).toEqual(["ClaimPending opened"]);
  });

  it("is not told again after a restart; what closed meanwhile is told as closed", async () => {
    controller.see(LLAMA, [pending]);
    controller.see({ namespace: "ml", name: "gone" }, [{ ...pending, code: "ClaimLost" }]);
    controller.start();
    await loaded();
    await timers.advance(SETTLE_MS);
    await stored(["ClaimPending opened", "ClaimLost opened"]);
    await controller.stop();

    controller = aController();
    controller.see(LLAMA, [pending]);
    controller.start();
    await loaded();
    await timers.advance(SETTLE_MS);
    await stored(["ClaimPending opened", "ClaimLost opened", "ClaimLost closed"]);
    expect(told.at(-1)?.service.name).toBe("gone");
    await controller.stop();
  });

  it("is told when the database is back, with the time at which it was first seen, and only once", async () => {
    const working = store;
    let away = true;
    store = {
      list: () => working.list(),
      apply: (changes, sent) =>
        away
          ? Promise.reject(new AppError("ServiceUnavailable", "locked"))
          : working.apply(changes, sent),
    };
    controller = aController();
    controller.see(LLAMA, [pending]);
    controller.start();
    await loaded();
    await timers.advance(5 * SETTLE_MS);
    expect(told).toEqual([]);
    away = false;
    await timers.advance(2 * SETTLE_MS);
    await stored(["ClaimPending opened"]);
    expect(told[0]?.openedAt).toEqual(new Date(START));
    expect(await messages()).toHaveLength(1);
    await controller.stop();
  });
});

describe("what is told", () => {
  const opened: FindingChange = {
    service: LLAMA,
    code: "ClaimPending",
    severity: "error",
    message: 'Claim "a" waits.',
    nextStep: "Wait.",
    openedAt: new Date(START),
    closedAt: null,
  };
  const closed = { ...opened, closedAt: new Date("2026-03-01T13:00:00.000Z") };
  const sender = { clusterId: "cluster-1", publicUrl: "https://mooring.example.com" };

  it("is a message with everything a receiver needs, and a link where the address is known", () => {
    const { payload, subject } = buildFindingMessage(closed, sender, new Date(START));
    expect(subject).toBe("cluster-1/ml/llama/ClaimPending");
    expect(JSON.parse(payload)).toEqual({
      type: "finding.closed",
      timestamp: "2026-03-01T13:00:00.000Z",
      data: {
        clusterId: "cluster-1",
        namespace: "ml",
        name: "llama",
        code: "ClaimPending",
        severity: "error",
        message: 'Claim "a" waits.',
        nextStep: "Wait.",
        link: "https://mooring.example.com/namespaces/ml/inferenceservices/llama",
        openedAt: START,
        closedAt: "2026-03-01T13:00:00.000Z",
      },
    });
    const unlinked = buildFindingMessage(opened, { ...sender, publicUrl: null }, new Date(START));
    expect(JSON.parse(unlinked.payload)).toMatchObject({
      type: "finding.opened",
      data: { link: null, closedAt: null },
    });
  });

  it("is an item on the service's timeline, at the time of the change", () => {
    expect(findingItem(opened)).toMatchObject({
      source: "Finding",
      reason: "ClaimPending",
      severity: "error",
      at: START,
    });
    expect(findingItem(closed)).toMatchObject({ severity: "ok", at: "2026-03-01T13:00:00.000Z" });
    expect(findingItem(closed).dedupeKey).not.toBe(findingItem(opened).dedupeKey);
  });
});
