import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import {
  closedPort,
  type ModelServer,
  startModelServer,
} from "@/server/testing/downloads/model-server";
import { needsCurl, SHELL } from "@/server/testing/downloads/programs";
import { downloaderOf, KEY } from "@/server/testing/downloads/staged-model";

const FILE = `${KEY}/phi.gguf`;
const STORED = `models/${FILE}`;

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

type Policy = "IfNotPresent" | "OnChange";
const fetched = (path = "/phi.gguf", refreshPolicy: Policy = "IfNotPresent") =>
  machine.run(downloaderOf({ model: { source: `${server.url}${path}`, refreshPolicy } }));
const onChange = () => fetched("/phi.gguf", "OnChange");

describe(`downloader of a single file on the claim, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("downloads what is missing, and tells its progress", async () => {
    server.files.set("/phi.gguf", "weights");
    const { code, log, reason } = await fetched();
    expect([code, reason, machine.models()]).toEqual([0, null, [FILE]]);
    expect(machine.read(STORED)).toBe("weights");
    expect(log).toMatch(
      /progress file=phi\.gguf received=0 total=7 rate=0\n[^]*received=7 total=7 rate=\d+\nModel downloaded successfully\n$/,
    );
  });

  it("asks for nothing when the file is there", async () => {
    machine.store(STORED, "cached");
    const { code, log } = await fetched();
    expect([code, log, server.requests]).toEqual([
      0,
      "Model already cached, skipping download\n",
      [],
    ]);
    expect(machine.read(STORED)).toBe("cached");
  });

  it("starts over after a half-written file", async () => {
    server.files.set("/phi.gguf", "weights");
    machine.store(`${STORED}.tmp`, "weig and more than the whole file");
    expect((await fetched()).code).toBe(0);
    expect([machine.models(), machine.read(STORED)]).toEqual([[FILE], "weights"]);
  });

  it("clears a half-written file beside a complete one", async () => {
    machine.store(STORED, "cached");
    machine.store(`${STORED}.tmp`, "half");
    expect((await fetched()).code).toBe(0);
    expect(machine.models()).toEqual([FILE]);
  });

  it.each([
    [401, "ModelSourceUnauthorized"],
    [403, "ModelSourceUnauthorized"],
    [404, "ModelSourceNotFound"],
    [500, null],
  ])("ends with curl's code and words on a %i, which means %s", async (status, expected) => {
    server.files.set("/phi.gguf", { status, body: "a page about the refusal" });
    const { code, log, reason } = await fetched();
    expect([code, reason, machine.models()]).toEqual([22, expected, []]);
    expect(log).toContain(`The requested URL returned error: ${status}`);
    expect(log).not.toContain("successfully");
  });

  it("says that nobody listens", async () => {
    const source = `http://127.0.0.1:${await closedPort()}/phi.gguf`;
    const { code, reason } = await machine.run(downloaderOf({ model: { source } }));
    expect([code, reason, machine.models()]).toEqual([7, "ModelSourceUnreachable", []]);
  });

  it("says that the host has no address", async () => {
    // a label of more than 63 letters is refused without asking a name server
    const source = `http://${"m".repeat(64)}.test/phi.gguf`;
    const { code, reason } = await machine.run(downloaderOf({ model: { source } }));
    expect([code, reason]).toEqual([6, "ModelSourceUnreachable"]);
  });

  it("does not take a transfer that was cut for the whole file", async () => {
    server.files.set("/phi.gguf", { body: "weights", cutAfter: 3 });
    const { code } = await fetched();
    expect(code).toBe(18);
    expect(machine.models()).toEqual([]);
  });

  it("follows a redirect, and tells the length of what it leads to", async () => {
    server.files.set("/phi.gguf", {
      status: 302,
      body: "moved",
      headers: { location: "/elsewhere.bin" },
    });
    server.files.set("/elsewhere.bin", "the weights");
    const { code, log } = await fetched();
    expect([code, machine.read(STORED)]).toEqual([0, "the weights"]);
    expect(log).toContain("received=11 total=11 ");
  });

  it("says that the length is unknown", async () => {
    server.files.set("/phi.gguf", { body: "weights", length: false });
    const { code, log } = await fetched();
    expect([code, machine.read(STORED)]).toEqual([0, "weights"]);
    expect(log).toContain("received=7 total=unknown ");
  });

  it.each([
    ["/my model.gguf", "/my%20model.gguf"],
    ["/models/café-模型.gguf", "/models/caf%C3%A9-%E6%A8%A1%E5%9E%8B.gguf"],
    ["/already%20encoded.gguf", "/already%20encoded.gguf"],
    ["/phi{1,2}[3-4].gguf", "/phi%7B1,2%7D[3-4].gguf"],
    ["/phi.gguf?download=true&name=a b", "/phi.gguf?download=true&name=a%20b"],
    ["/'$(id)\"`|^<>\\", "/'$(id)%22%60%7C%5E%3C%3E%5C"],
  ])("asks for %s as %s", async (path, target) => {
    await fetched(path);
    expect(server.requests).toEqual([`HEAD ${target}`, `GET ${target}`]);
  });

  it("refuses a directory in the file's place", async () => {
    server.files.set("/phi.gguf", "weights");
    machine.store(`${STORED}/other.bin`, "");
    const { code, log } = await fetched();
    expect([code, machine.models()]).toEqual([1, [`${FILE}/other.bin`]]);
    expect(log).toContain("is a directory");
  });
});

describe(`downloader with refreshPolicy OnChange, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("downloads what is missing", async () => {
    server.files.set("/phi.gguf", "weights");
    const { code, log } = await onChange();
    expect([code, machine.read(STORED)]).toEqual([0, "weights"]);
    expect(log).toMatch(/^Revalidating model against upstream \(RefreshPolicy=OnChange\)\.\.\.\n/);
    expect(log).toMatch(/Model revalidated \(downloaded\)\n$/);
  });

  it("keeps a copy of the same size, and fetches nothing", async () => {
    server.files.set("/phi.gguf", "weights");
    machine.store(STORED, "WEIGHTS");
    const { code, log } = await onChange();
    expect([code, machine.read(STORED), server.requests]).toEqual([
      0,
      "WEIGHTS",
      ["HEAD /phi.gguf"],
    ]);
    expect(log).toContain("Model revalidated (unchanged, skipped download)");
  });

  it("replaces a copy of another size", async () => {
    server.files.set("/phi.gguf", "new weights");
    machine.store(STORED, "old");
    const { code, log } = await onChange();
    expect([code, machine.read(STORED), machine.models()]).toEqual([0, "new weights", [FILE]]);
    expect(log).toContain("Model revalidated (downloaded)");
  });

  it("replaces an empty copy even when the server says that there is nothing", async () => {
    server.files.set("/phi.gguf", "");
    machine.store(STORED, "");
    expect((await onChange()).log).toContain("Model revalidated (downloaded)");
  });

  it.each([
    ["refused", { status: 403, body: "123" }],
    ["gone", { status: 404, body: "123" }],
    ["cut", { body: "new weights", cutAfter: 3 }],
  ])(
    "keeps the copy when the source is %s, also where the answer is as long",
    async (_, answer) => {
      server.files.set("/phi.gguf", answer);
      machine.store(STORED, "old");
      const { code, log } = await onChange();
      expect([code, machine.read(STORED), machine.models()]).toEqual([0, "old", [FILE]]);
      expect(log).toMatch(/Revalidation unreachable; kept cached copy\n$/);
    },
  );

  it("keeps the copy when nobody listens", async () => {
    machine.store(STORED, "old");
    await server.close();
    const { code, log } = await onChange();
    server = await startModelServer();
    expect([code, machine.read(STORED)]).toEqual([0, "old"]);
    expect(log).toContain("Revalidation unreachable; kept cached copy");
  });

  it("fails when it reaches nothing and has nothing, and the cause can be told", async () => {
    const source = `http://127.0.0.1:${await closedPort()}/phi.gguf`;
    const { code, log, reason } = await machine.run(
      downloaderOf({ model: { source, refreshPolicy: "OnChange" } }),
    );
    expect([code, reason, machine.models()]).toEqual([1, "ModelSourceUnreachable", []]);
    expect(log).toContain("ERROR:");
  });
});
