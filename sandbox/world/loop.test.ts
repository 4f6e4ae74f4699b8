import { describe, expect, it } from "vitest";
import { createManualClock } from "../testing/manual-clock";
import { createLoop } from "./loop";

function aLoop(speed = 1) {
  const clock = createManualClock();
  const lines: string[] = [];
  return { clock, lines, loop: createLoop({ clock, speed, log: (line) => lines.push(line) }) };
}

describe("the loop", () => {
  it("merges keys that wait, and never works inside the caller", () => {
    const { clock, loop } = aLoop();
    const seen: string[] = [];
    const queue = loop.controller("test", (key) => void seen.push(key));
    queue.enqueue("a");
    queue.enqueue("a");
    queue.enqueue("b");
    expect(seen).toEqual([]);
    clock.advance(1);
    expect(seen).toEqual(["a", "b"]);
  });

  it("looks again after simulated seconds, divided by the speed", () => {
    const { clock, loop } = aLoop(10);
    const at: number[] = [];
    const queue = loop.controller("test", () => {
      at.push(Math.round(loop.seconds()));
      return at.length < 3 ? 20 : undefined;
    });
    queue.enqueue("a");
    clock.advance(10_000);
    expect(at).toEqual([0, 20, 40]);
  });

  it("tries again what failed, later each time, and says what failed", () => {
    const { clock, loop, lines } = aLoop();
    let calls = 0;
    const queue = loop.controller("test", () => {
      calls += 1;
      if (calls < 4) throw new Error("no");
      return undefined;
    });
    queue.enqueue("a");
    clock.advance(13_000);
    expect(calls).toBe(3);
    clock.advance(2_000);
    expect(calls).toBe(4);
    expect(lines).toEqual(["test a: no", "test a: no", "test a: no"]);
  });

  it("does nothing once stopped", () => {
    const { clock, loop } = aLoop();
    let calls = 0;
    const queue = loop.controller("test", () => void (calls += 1));
    loop.stop();
    queue.enqueue("a");
    clock.advance(1000);
    expect(calls).toBe(0);
  });
});
