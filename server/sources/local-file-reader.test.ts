import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { localFileReader } from "./local-file-reader";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mooring-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("localFileReader", () => {
  it("tells size and digest", async () => {
    const path = join(folder, "phi.gguf");
    await writeFile(path, "abc");
    expect(await localFileReader.read(path)).toEqual({
      kind: "file",
      sizeBytes: 3,
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    });
  });

  it("says why a file cannot be read", async () => {
    expect(await localFileReader.read(join(folder, "none"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining("no such file") as string,
    });
    expect(await localFileReader.read(folder)).toMatchObject({ kind: "unreadable" });
  });
});
