import { beforeEach, describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import type { NewTimelineItem } from "@/server/ports";
import { anInferenceService } from "@/server/testing/builders";
import { createFakeTimers, type FakeTimers } from "@/server/testing/fake-timers";
import { Recorder, type Recording } from "./recorder";

const LOCKED = new AppError("ServiceUnavailable", "The database is locked by another process.");
const START = "2026-03-01T12:00:00.000Z";

let timers: FakeTimers;
let rows: NewTimelineItem[];
let mark: Date | null;
let fault: Error | null;
let told: Recording[];
let recordedOf: string[];
let recorder: Recorder;

beforeEach(() => {
  timers = createFakeTimers(START);
  rows = [];
  mark = null;
  fault = null;
  told = [];
  recordedOf = [];
  recorder = aRecorder();
});

/** The database of the test: it takes everything, or nothing while there is a fault. */
const write = async (work: () => void) => {
  if (fault) throw fault;
  work();
};

const aRecorder = () =>
  new Recorder(
    {
      timeline: { append: (items) => write(() => rows.push(...items)) },
      marks: {
        recordedUntil: () => Promise.resolve(mark),
        recordUntil: (at) => write(() => void (mark = at)),
      },
      clock: { now: () => new Date(timers.now()) },
      timers,
      services: () => [anInferenceService()],
      onError: () => undefined,
      onRecording: (recording) => told.push(recording),
      onRecorded: (services) => recordedOf.push(...services),
    },
    () => Promise.resolve(),
  );

const anItem = (nth: number): NewTimelineItem => ({
  service: { namespace: "ml", name: "llama" },
  dedupeKey: `item/${nth}`,
  at: START,
  source: "Change",
  kind: "Pod",
  namespace: "ml",
  name: "llama-1",
  reason: `Item${nth}`,
  message: "",
  severity: "info",
  count: 1,
  actor: null,
});
const reasons = () => rows.map(({ reason }) => reason);
const gaps = () => rows.filter(({ source }) => source === "Gap").map(({ message }) => message);

describe("a database that takes no writes", () => {
  it("is said once with its cause, and what was seen meanwhile is written when it is back", async () => {
    recorder.start();
    await timers.settle();
    fault = LOCKED;
    recorder.add([anItem(1)]);
    await timers.advance(60_000);
    recorder.add([anItem(2)]);
    await timers.advance(60_000);
    expect(told.filter(({ ok }) => !ok)).toEqual([
      { ok: false, since: new Date("2026-03-01T12:00:00.200Z"), problem: LOCKED.message },
    ]);
    expect(rows).toEqual([]);
    fault = null;
    await timers.advance(10_000);
    expect(told.at(-1)).toEqual({ ok: true });
    expect(reasons()).toEqual(["Item1", "Item2", "NotWritten"]);
    expect(gaps()[0]).toContain("from 2026-03-01T12:00:00.200Z to 2026-03-01T12:02:0");
    expect(gaps()[0]).toContain("kept in memory and written afterwards");
    expect(recordedOf).toEqual(["ml/llama", "ml/llama"]);
  });

  it("is noticed although nothing happens, by the mark that cannot be written", async () => {
    recorder.start();
    await timers.settle();
    fault = LOCKED;
    await timers.advance(20_000);
    expect(told.at(-1)).toMatchObject({ ok: false });
  });

  it("leaves no gap when it was back within seconds", async () => {
    recorder.start();
    await timers.settle();
    fault = LOCKED;
    recorder.add([anItem(1)]);
    await timers.advance(2_000);
    fault = null;
    await timers.advance(10_000);
    expect(reasons()).toEqual(["Item1"]);
  });

  it("keeps the newest of more than memory is meant for, and counts what it lost", async () => {
    recorder.start();
    await timers.settle();
    fault = LOCKED;
    recorder.add(Array.from({ length: 20_003 }, (_, nth) => anItem(nth)));
    await timers.advance(1_000);
    fault = null;
    await timers.advance(10_000);
    expect(reasons()[0]).toBe("Item3");
    expect(gaps()[0]).toContain("3 items of that time, of all services together, were lost.");
  });

  it("does not count as recorded: the next start tells the hole from the last mark", async () => {
    recorder.start();
    await timers.settle();
    const last = mark;
    fault = LOCKED;
    recorder.add([anItem(1)]);
    await timers.advance(60_000);
    expect(mark).toEqual(last);
  });
});

describe("a cluster that cannot be watched", () => {
  const at = (text: string) => new Date(text);

  it("leaves a gap from when it was last seen to when it is watched again", async () => {
    recorder.start();
    await timers.advance(60_000);
    recorder.setWatched(false, at("2026-03-01T12:00:50Z"));
    await timers.advance(60_000);
    recorder.setWatched(false, at("2026-03-01T12:01:55Z")); // another watch failed later
    expect(mark).toEqual(at("2026-03-01T12:00:50Z"));
    recorder.setWatched(true, null);
    await timers.advance(1_000);
    expect(gaps()).toHaveLength(1);
    expect(gaps()[0]).toContain("from 2026-03-01T12:00:50.000Z to 2026-03-01T12:02:00.000Z");
  });

  it("leaves none for a watch that was begun again at once, or for none at all", async () => {
    recorder.start();
    recorder.setWatched(true, null);
    recorder.setWatched(false, at(START));
    await timers.advance(5_000);
    recorder.setWatched(true, null);
    recorder.setWatched(true, null);
    await timers.advance(1_000);
    expect(gaps()).toEqual([]);
  });
});
