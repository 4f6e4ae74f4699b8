import { describe, expect, it } from "vitest";

import { createFakeTimers } from "@/server/testing/fake-timers";
import { createController, type ControllerOptions } from "./controller";
import { DONE, requeueAfter, TerminalError } from "./result";

function setUp(reconcile: ControllerOptions["reconcile"], workers = 1) {
  const timers = createFakeTimers();
  const errors: unknown[] = [];
  const runs: string[] = [];
  const controller = createController({
    name: "test",
    workers,
    timers,
    random: () => 1,
    backoff: { baseMs: 100, maxMs: 1_000 },
    onError: (error) => errors.push(error),
    reconcile: (key) => {
      runs.push(key);
      return reconcile(key);
    },
  });
  return { controller, timers, errors, runs };
}

/** A reconcile that a test lets go on by hand. */
function gated() {
  const waiting: (() => void)[] = [];
  return {
    reconcile: () => new Promise<typeof DONE>((resolve) => waiting.push(() => resolve(DONE))),
    release: () => waiting.shift()?.(),
  };
}

describe("controller", () => {
  it("keeps keys until it is started, and merges equal ones", async () => {
    const { controller, runs } = setUp(async () => DONE);
    controller.enqueue("a");
    controller.enqueue("a");
    controller.enqueue("b");
    expect(runs).toEqual([]);

    controller.start();
    await controller.idle();

    expect(runs).toEqual(["a", "b"]);
  });

  it("never reconciles a key twice at once, and runs it once more for what came meanwhile", async () => {
    const gate = gated();
    const { controller, runs, timers } = setUp(gate.reconcile, 4);
    controller.start();
    controller.enqueue("a");
    controller.enqueue("a");
    controller.enqueue("a");
    await timers.settle();
    expect(runs).toEqual(["a"]);

    gate.release();
    await timers.settle();
    expect(runs).toEqual(["a", "a"]);

    gate.release();
    await controller.idle();
    expect(runs).toHaveLength(2);
  });

  it("runs as many different keys at once as it has workers", async () => {
    const gate = gated();
    const { controller, runs, timers } = setUp(gate.reconcile, 2);
    controller.start();
    for (const key of ["a", "b", "c"]) controller.enqueue(key);
    await timers.settle();
    expect(runs).toEqual(["a", "b"]);

    gate.release();
    await timers.settle();
    expect(runs).toEqual(["a", "b", "c"]);
  });

  it("retries a failure for ever, with growing waits up to the maximum, and starts over after a success", async () => {
    let failing = true;
    const { controller, runs, timers, errors } = setUp(async () => {
      if (failing) throw new Error("down");
      return DONE;
    });
    controller.start();
    controller.enqueue("a");
    const waits: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      await timers.settle();
      const [wait] = timers.pending();
      waits.push(wait!);
      await timers.advance(wait!);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(errors).toHaveLength(runs.length);

    failing = false;
    await timers.advance(1_000);
    failing = true;
    controller.enqueue("a");
    await timers.settle();
    expect(timers.pending()).toEqual([100]);
  });

  it("does not retry a terminal error until the key comes again", async () => {
    const { controller, runs, timers, errors } = setUp(async () => {
      throw new TerminalError("invalid spec");
    });
    controller.start();
    controller.enqueue("a");
    await timers.settle();
    expect(timers.pending()).toEqual([]);
    expect(errors).toHaveLength(1);

    controller.enqueue("a");
    await timers.settle();
    expect(runs).toHaveLength(2);
  });

  it("comes back after the requested time, or at once when the key comes earlier", async () => {
    const { controller, runs, timers } = setUp(async () => requeueAfter(5_000));
    controller.start();
    controller.enqueue("a");
    await timers.settle();
    expect(timers.pending()).toEqual([5_000]);

    await timers.advance(5_000);
    expect(runs).toHaveLength(2);

    controller.enqueue("a");
    await timers.settle();
    expect(runs).toHaveLength(3);
    expect(timers.pending()).toEqual([5_000]);
  });

  it("stops only after what runs has ended, and takes nothing afterwards", async () => {
    const gate = gated();
    const { controller, runs, timers } = setUp(gate.reconcile);
    controller.start();
    controller.enqueue("a");
    controller.enqueue("b");
    let stopped = false;
    const stopping = controller.stop().then(() => (stopped = true));
    await timers.settle();
    expect(stopped).toBe(false);

    gate.release();
    await stopping;
    controller.enqueue("c");
    await timers.settle();
    expect(runs).toEqual(["a"]);
    expect(timers.pending()).toEqual([]);
  });
});
