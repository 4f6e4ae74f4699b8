import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { SHELL } from "@/server/testing/downloads/programs";
import { failingScript, quote, script } from "./shell";

let machine: Machine;
beforeAll(() => {
  machine = createMachine();
});
afterAll(() => machine.remove());

const run = (text: string) =>
  machine.run({ name: "model-downloader", image: "", command: ["sh", "-c", text] });

const NASTY = ["'", '"', "`", "$(id)", "$(HOME)", "$(", "$", "${PATH}", "$$", "\\", "\\n", "\\c", "\n", "\r", "\t", " ", "-n", "-e", "--", ";", "&", "|", ">", "*", "~", "!", "#", "é", "模"]; // prettier-ignore
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: "grapheme" })), { maxLength: 12 })
  .map((parts) => parts.join(""))
  // neither an environment nor an argument can hold it
  .filter((text) => !text.includes("\0"));

describe(`texts in scripts, run by ${SHELL}`, { timeout: 60_000 }, () => {
  it("quotes every text as one word that the shell gives back as it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 20 }), async (texts) => {
        const { code, log } = await run(`printf '<%s>' ${texts.map(quote).join(" ")}`);
        expect([code, log]).toEqual([0, texts.map((text) => `<${text}>`).join("")]);
      }),
      { numRuns: 60 },
    );
  });

  it("says every message as it is, and fails", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (message) => {
        const { code, log } = await run(failingScript(message));
        expect([code, log]).toEqual([1, `${message}\n`]);
      }),
      { numRuns: 60 },
    );
  });

  it("ends at the first command that fails, and at a variable that is not set", async () => {
    expect(await run(script("false", "echo on"))).toMatchObject({ code: 1, log: "" });
    expect((await run(script('echo "$NOT_SET"', "echo on"))).log).not.toContain("on\n");
  });
});
