import { utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { type ModelServer, startModelServer } from "@/server/testing/downloads/model-server";
import { findProgram, needsCurl, needsMount, SHELL } from "@/server/testing/downloads/programs";
import { downloaderOf, KEY } from "@/server/testing/downloads/staged-model";

let server: ModelServer;
let machine: Machine;
beforeEach(needsCurl);
beforeEach(async () => {
  server = await startModelServer();
  machine = createMachine();
});
afterEach(async () => {
  machine.remove();
  await server.close();
});

const FILE = `${KEY}/phi.gguf`;
const downloader = () => downloaderOf({ model: { source: `${server.url}/phi.gguf` } });
const inPod = (name: string) => ({ env: { HOSTNAME: name } });
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};
/** Serves half of the body at first. */
const serve = (body: string | Buffer, pause: Promise<void>) =>
  server.files.set("/phi.gguf", { body, pause });
const untilWriting = (count: number) =>
  vi.waitFor(() => {
    expect(machine.models().filter((path) => path.endsWith(".tmp"))).toHaveLength(count);
  }, 20_000);

describe(`pods that share a claim, their downloaders run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("bring the same file at once, and neither takes the other's half for the whole", async () => {
    const [first, second] = [gate(), gate()];
    serve("the first weights", first.opened);
    const one = machine.start(downloader(), inPod("llama-6f7d9c5b8d-aaaaa"));
    await untilWriting(1);
    serve("the second weights", second.opened);
    const two = machine.start(downloader(), inPod("llama-6f7d9c5b8d-bbbbb"));
    await untilWriting(2);

    first.open();
    expect((await one.ended).code).toBe(0);
    expect(machine.read(`models/${FILE}`)).toBe("the first weights");
    second.open();
    expect((await two.ended).code).toBe(0);
    expect([machine.models(), machine.read(`models/${FILE}`)]).toEqual([
      [FILE],
      "the second weights",
    ]);
  });

  it("a pod clears what it left itself, what LLMKube left, and what others left an hour ago", async () => {
    server.files.set("/phi.gguf", "weights");
    const left = [
      "phi.gguf.tmp",
      "phi.gguf.by-8d-aaaaa.tmp",
      "other.gguf.by-old.tmp",
      "q4/young.gguf.by-xx.tmp",
    ];
    for (const name of left) machine.store(`models/${KEY}/${name}`, "half");
    const long = new Date(Date.now() - 3 * 3_600_000);
    utimesSync(join(machine.root, "models", KEY, "other.gguf.by-old.tmp"), long, long);
    expect((await machine.run(downloader(), inPod("8d-aaaaa"))).code).toBe(0);
    expect(machine.models()).toEqual([FILE, `${KEY}/q4/young.gguf.by-xx.tmp`]);
  });

  it("a list of files is cleared in the same way", async () => {
    const s3 = { AWS_ENDPOINT_URL: server.url, HOSTNAME: "8d-aaaaa" };
    server.files.set("/b/m/q4/a.gguf", "A");
    const left = [
      "q4/a.gguf.tmp",
      "q4/a.gguf.by-8d-aaaaa.tmp",
      "gone.by-old.tmp",
      "b.gguf.by-xx.tmp",
    ];
    for (const name of left) machine.store(`models/${KEY}/${name}`, "half");
    const long = new Date(Date.now() - 3 * 3_600_000);
    utimesSync(join(machine.root, "models", KEY, "gone.by-old.tmp"), long, long);
    const list = downloaderOf({ model: { source: "s3://b/m", files: ["q4/a.gguf"] } });
    expect((await machine.run(list, { env: s3 })).code).toBe(0);
    expect(machine.models()).toEqual([`${KEY}/b.gguf.by-xx.tmp`, `${KEY}/q4/a.gguf`]);
  });

  it("keeps a file whose name is as long as most systems allow for the half-written one", async () => {
    const name = `${"n".repeat(230)}.gguf`;
    server.files.set(`/b/m/${name}`, "A");
    const list = downloaderOf({ model: { source: "s3://b/m", files: [name] } });
    const env = { AWS_ENDPOINT_URL: server.url, HOSTNAME: "h".repeat(63) };
    expect((await machine.run(list, { env })).code).toBe(0);
  });

  it("takes the room of half-written files when the disk is full", async (context) => {
    needsMount(context);
    server.files.set("/phi.gguf", { body: Buffer.alloc(40_000, "w") });
    const models = join(machine.root, "models");
    const half = `mkdir -p '${models}/${KEY}' && dd if=/dev/zero bs=40000 count=1 of='${models}/${KEY}/phi.gguf.by-gone.tmp'`;
    const steps = `${findProgram("mount") ?? ""} -t tmpfs -o size=64k tmpfs "$0" && ${half} && { "$@"; code=$?; find "$0" -type f; exit $code; }`;
    const via = [findProgram("unshare") ?? "", "-rm", "/bin/sh", "-c", steps, models];
    const { code, log } = await machine.run(downloader(), { ...inPod("llama-new"), via });
    expect(code).toBe(0);
    expect(log).toContain("Removing half-written files of other pods to make room...");
    expect(log).toMatch(/Model downloaded successfully\n[^\n]*phi\.gguf\n$/);
  });
});

describe(`a downloader at work, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("goes on telling how far it is", async () => {
    const { opened, open } = gate();
    serve(Buffer.alloc(200_000, "w"), opened);
    const { ended, log } = machine.start(downloader());
    // what curl has not written out yet is less than 10 kB
    await vi.waitFor(
      () =>
        expect(log()).toMatch(/progress file=phi\.gguf received=9\d{4} total=200000 rate=\d+\n/),
      20_000,
    );
    open();
    expect((await ended).log).toMatch(/received=200000 total=200000 rate=\d+\nModel downloaded/);
  });
});

describe(`a downloader that is asked to end, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("ends in the middle of a transfer, and leaves nothing", async () => {
    const { opened, open } = gate();
    serve("weights", opened);
    const { ended, terminate } = machine.start(downloader(), inPod("llama-x"));
    await untilWriting(1);
    terminate();
    expect((await ended).code).toBe(143);
    open();
    expect(machine.models()).toEqual([]);
  });
});
