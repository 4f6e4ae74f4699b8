import { expect, it } from "vitest";

import { createAnnouncer } from "./announcer";

it("speaks at once, then at most every five seconds, with the newest text", () => {
  const said: string[] = [];
  const timers: { run: () => void; delayMs: number }[] = [];
  let now = 0;
  const announce = createAnnouncer({
    say: (text) => said.push(text),
    now: () => now,
    schedule: (run, delayMs) => timers.push({ run, delayMs }),
  });

  announce("first");
  now = 1_000;
  announce("second");
  announce("third");
  expect(said).toEqual(["first"]);
  expect(timers.map((timer) => timer.delayMs)).toEqual([4_000]);

  now = 5_000;
  timers[0]?.run();
  expect(said).toEqual(["first", "third"]);
});
