import { symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Container } from "./model-storage";
import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { type ModelServer, startModelServer } from "@/server/testing/downloads/model-server";
import { findProgram, needsCurl, needsMount, SHELL } from "@/server/testing/downloads/programs";
import { downloaderOf, initContainersOf, KEY } from "@/server/testing/downloads/staged-model";

/** Larger than the tmpfs. */
const LARGE = Buffer.alloc(200_000, "w");
const HOST_FILE = { source: "/srv/phi.gguf" };
const ALLOWED = { allowedHostPathRoots: ["/srv"] };

let server: ModelServer;
let machine: Machine;
beforeEach(needsCurl);
beforeEach(async () => {
  server = await startModelServer();
  server.files.set("/phi.gguf", { body: LARGE });
  machine = createMachine();
});
afterEach(async () => {
  machine.remove();
  await server.close();
});

/** Wraps a run in a mount namespace of its own: a tmpfs at `models`, then the steps with `$0` that folder and `$@` the run. */
const onTmpfs = (options: string, steps: string) => [
  findProgram("unshare") ?? "unshare",
  "-rm",
  "/bin/sh",
  "-c",
  `${findProgram("mount") ?? "mount"} -t tmpfs -o ${options} tmpfs "$0" && ${steps}`,
  join(machine.root, "models"),
];

/** Runs it with 64 KiB at `models`. The mount ends with the run, so it lists what is left there at the end of its log. */
async function runOnSmallDisk(container: Container, { before = "true", env = {} } = {}) {
  const steps = `{ ${before}; } && { "$@"; code=$?; echo "left:"; find "$0" -type f; exit $code; }`;
  const outcome = await machine.run(container, { env, via: onTmpfs("size=64k", steps) });
  const [log = "", left = ""] = outcome.log.split("left:\n");
  const files = left.split("\n").filter((line) => line !== "");
  return {
    ...outcome,
    log,
    left: files.map((path) => relative(join(machine.root, "models"), path)),
  };
}

describe(`full disk (a tmpfs of 64 KiB), run by ${SHELL}`, { timeout: 30_000 }, () => {
  beforeEach(needsMount);
  it("says that there is no space, and leaves nothing that takes any", async () => {
    const { code, reason, left } = await runOnSmallDisk(
      downloaderOf({ model: { source: `${server.url}/phi.gguf` } }),
    );
    expect([code, reason, left]).toEqual([23, "ModelTransferOutOfSpace", []]);
  });

  it("keeps the old copy when the new one does not fit", async () => {
    const old = join(machine.root, "models", KEY, "phi.gguf");
    const { code, log, left } = await runOnSmallDisk(
      downloaderOf({ model: { source: `${server.url}/phi.gguf`, refreshPolicy: "OnChange" } }),
      { before: `mkdir -p '${dirname(old)}' && echo old > '${old}'` },
    );
    expect([code, left]).toEqual([0, [`${KEY}/phi.gguf`]]);
    expect(log).toContain("No space left on device");
    expect(log).toMatch(/kept cached copy\n$/);
  });

  it("keeps the files of a list that fit, and names the one that does not", async () => {
    server.files.set("/bucket/m/a.gguf", "A");
    server.files.set("/bucket/m/b.gguf", { body: LARGE });
    const container = downloaderOf({
      model: { source: "s3://bucket/m", files: ["a.gguf", "b.gguf"] },
    });
    const { code, reason, log, left } = await runOnSmallDisk(container, {
      env: { AWS_ENDPOINT_URL: server.url },
    });
    expect([code, reason, left]).toEqual([1, "ModelTransferOutOfSpace", [`${KEY}/a.gguf`]]);
    expect(log).toMatch(/ERROR: failed to download b\.gguf\n$/);
  });

  it("says so of a local file that is copied", async () => {
    machine.store("host-model/model.gguf", LARGE);
    const { code, reason, left } = await runOnSmallDisk(
      downloaderOf({ model: HOST_FILE, settings: ALLOWED }),
    );
    expect([code, reason, left]).toEqual([1, "ModelTransferOutOfSpace", []]);
  });

  it("has no room for the key directory either", async () => {
    const { code, reason } = await machine.run(
      downloaderOf({ model: { source: `${server.url}/phi.gguf` } }),
      { via: onTmpfs("nr_inodes=1", 'exec "$@"') },
    );
    expect([code, reason]).toEqual([1, "ModelTransferOutOfSpace"]);
  });
});

describe(
  `full disk (/dev/full in the half-written file's place), run by ${SHELL}`,
  { timeout: 30_000 },
  () => {
    const fill = (name: string) =>
      symlinkSync("/dev/full", join(machine.root, "models", `${name}.tmp`));

    it("says that there is no space", async () => {
      fill("ml-phi.gguf");
      const { code, reason } = await machine.run(
        downloaderOf({ model: { source: `${server.url}/phi.gguf` }, cacheKey: "" }),
      );
      expect([code, reason, machine.models()]).toEqual([23, "ModelTransferOutOfSpace", []]);
    });
  },
);

describe("a claim that may not be written", { timeout: 30_000 }, () => {
  beforeEach(needsMount);
  it("serves what is cached, with a half-written file beside it that stays", async () => {
    const dir = join(machine.root, "models", KEY);
    const mount = findProgram("mount") ?? "mount";
    const made = ["phi.gguf", "phi.gguf.tmp", "a.tmp"].map((name) => `: > '${dir}/${name}'`);
    const fill = [`mkdir -p '${dir}'`, ...made].join(" && ");
    for (const model of [
      { source: `${server.url}/phi.gguf` },
      { source: "s3://bucket/m", files: ["phi.gguf"] },
    ]) {
      const via = onTmpfs("size=64k", `${fill} && ${mount} -o remount,ro "$0" && exec "$@"`);
      const { code, log } = await machine.run(downloaderOf({ model }), { via });
      expect(code).toBe(0);
      expect(log).toMatch(/already cached, skipping download\n/);
    }
    expect(server.requests).toEqual([]);
  });

  it("ends before anything is fetched", async () => {
    const [, downloader] = initContainersOf({ model: { source: `${server.url}/phi.gguf` } });
    const via = onTmpfs("ro", 'exec "$@"');
    const { code, reason, log } = await machine.run(downloader!, { via });
    expect([code, reason, server.requests]).toEqual([1, null, []]);
    expect(log).toMatch(/read-only file system/i);
  });
});
