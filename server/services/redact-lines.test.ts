import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { redactText } from "@/server/domain/wording";
import { redactLines } from "./redact-lines";

async function read(chunks: readonly string[]): Promise<string[]> {
  async function* give() {
    yield* chunks;
  }
  const parts: string[] = [];
  for await (const part of redactLines(give())) parts.push(part);
  return parts;
}

const LOG = [
  "GET https://bob:hunter2@models.example.com/a.gguf?token=s3cret",
  "Authorization: Bearer s3cret-s3cret-s3cret",
  "using hf_s3crets3cret and AKIAS3CRETS3CRETS3CR",
  "password=s3cret progress file=a received=1 total=2 rate=1",
  "",
].join("\n");

describe("redactLines", () => {
  it("gives the same as the whole text does, wherever the network cuts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: LOG.length }), { maxLength: 12 }),
        async (cuts) => {
          const at = [0, ...cuts.sort((a, b) => a - b), LOG.length];
          const parts = await read(at.map((from, index) => LOG.slice(from, at[index + 1])));
          expect(parts.join("\n")).toBe(redactText(LOG).trimEnd());
        },
      ),
    );
  });

  it.each([
    ["a URL", "https://bob:s3cret@models.example.com/a?token=s3cret"],
    ["a header", "Authorization: Bearer s3cret-s3cret-s3cret"],
    ["a token", "hf_s3crets3crets3cret"],
  ])("cuts a line without an end where %s is not", async (_case, secret) => {
    const filling = "12 % ".repeat(14_000);
    for (const kept of [0, 100, 4_090, 4_100, 4_110]) {
      const parts = await read([`${filling}${secret} ${"x ".repeat(kept / 2)}`, " more\n"]);
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.join("\n")).not.toContain("s3cret");
    }
  });

  it("leaves out what goes on and on without a space, and says so", async () => {
    const parts = await read(["a".repeat(70_000), "s3cret ", "then\n"]);
    expect(parts).toEqual([expect.stringContaining("left out"), " then"]);
  });

  it("gives what is left when the log ends within a line", async () => {
    expect(await read(["one\ntw", "o"])).toEqual(["one", "two"]);
  });
});
