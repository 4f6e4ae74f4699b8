import { describe, expect, it } from "vitest";

import { readJsonLines } from "./json-lines";

async function decode(...chunks: (string | Uint8Array)[]) {
  async function* source() {
    for (const chunk of chunks) {
      yield typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    }
  }
  const batches: (readonly unknown[])[] = [];
  for await (const batch of readJsonLines(source())) batches.push(batch);
  return batches;
}

describe("readJsonLines", () => {
  it("gives together what came together", async () => {
    expect(await decode('{"a":1}\n{"a":2}\n', '{"a":3}\n')).toEqual([
      [{ a: 1 }, { a: 2 }],
      [{ a: 3 }],
    ]);
  });

  it("joins lines over any number of chunks, also in the middle of a character", async () => {
    const bytes = new TextEncoder().encode('{"a":"café"}\n');
    const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await decode(...chunks)).toEqual([[{ a: "café" }]]);
  });

  it("drops a last line that was cut off, and empty ones", async () => {
    expect(await decode('{"a":1}\n\n{"a":')).toEqual([[{ a: 1 }]]);
  });
});
