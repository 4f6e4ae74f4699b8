import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { FileList, SingleFile } from "./download-script";
import { fileListScript, singleFileScript } from "./download-script";
import { failingScript, quote } from "./shell";

/** Stands in for curl, so that the scripts run on machines without it: `-o FILE`, `-I`, exit 22 for an HTTP error, 7 when refused. */
const CURL = `
import { writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const head = args.includes("-I");
const output = args.includes("-o") ? args[args.indexOf("-o") + 1] : null;
const url = args.filter((arg) => arg.startsWith("http")).at(-1);
const answer = await fetch(url, { method: head ? "HEAD" : "GET" }).catch(() => null);
if (answer === null) {
  process.stderr.write("curl: (7) Failed to connect to " + new URL(url).host + "\\n");
  process.exit(7);
}
if (!answer.ok) {
  process.stderr.write("curl: (22) The requested URL returned error: " + answer.status + "\\n");
  process.exit(22);
}
const length = answer.headers.get("content-length");
if (head) process.stdout.write("HTTP/1.1 200 OK\\r\\n" + (length ? "content-length: " + length + "\\r\\n" : ""));
else writeFileSync(output, Buffer.from(await answer.arrayBuffer()));
`;

let bin: string;
let dir: string;
let server: Server;
let base: string;
let requests: string[];
const contents = new Map<string, string>();

beforeAll(async () => {
  bin = mkdtempSync(join(tmpdir(), "mooring-bin-"));
  writeFileSync(join(bin, "curl.mjs"), CURL);
  writeFileSync(
    join(bin, "curl"),
    `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(join(bin, "curl.mjs"))} "$@"\n`,
  );
  chmodSync(join(bin, "curl"), 0o755);
  server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${decodeURI(request.url ?? "")}`);
    const body = contents.get(decodeURI(request.url ?? ""));
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader("content-length", String(Buffer.byteLength(body ?? "")));
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.close();
  rmSync(bin, { recursive: true });
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "mooring-models-"));
  requests = [];
  contents.clear();
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(script: string, env: Readonly<Record<string, string>>) {
  const child = spawn("sh", ["-c", script], {
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}`, ...env },
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  // "exit" and not "close": the background loop's last sleep may hold the pipe for a moment.
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { code, log };
}

const SINGLE: SingleFile = { transport: "http", cached: true, revalidate: false, customCa: false };
const single = (patch: Partial<SingleFile> = {}, path = "/x.gguf") =>
  run(singleFileScript({ ...SINGLE, ...patch }), {
    MODEL_SOURCE: `${base}${path}`,
    CACHE_DIR: join(dir, "key"),
    MODEL_PATH: join(dir, "key", "phi.gguf"),
  });
const stored = () => readFileSync(join(dir, "key", "phi.gguf"), "utf8");
const store = (name: string, text: string) => {
  mkdirSync(join(dir, "key"), { recursive: true });
  writeFileSync(join(dir, "key", name), text);
};

describe("singleFileScript", () => {
  it("downloads what is missing and tells its progress", async () => {
    contents.set("/x.gguf", "weights");
    const { code, log } = await single();
    expect([code, stored()]).toEqual([0, "weights"]);
    expect(log).toContain("progress file=phi.gguf received=0 total=7 rate=0");
    expect(log).toMatch(/progress file=phi\.gguf received=7 total=7 rate=\d+/);
    expect(log).toContain("Model downloaded successfully");
    expect(existsSync(join(dir, "key", "phi.gguf.tmp"))).toBe(false);
  });

  it("asks for nothing when the file is there", async () => {
    store("phi.gguf", "cached");
    const { code, log } = await single();
    expect([code, stored(), requests]).toEqual([0, "cached", []]);
    expect(log).toContain("Model already cached, skipping download");
  });

  it("starts over after a half-written file", async () => {
    contents.set("/x.gguf", "weights");
    store("phi.gguf.tmp", "wei");
    expect((await single()).code).toBe(0);
    expect(stored()).toBe("weights");
  });

  it("fails with curl's code and words, and leaves no file", async () => {
    const { code, log } = await single();
    expect(code).toBe(22);
    expect(log).toContain("returned error: 404");
    expect(existsSync(join(dir, "key", "phi.gguf"))).toBe(false);
  });

  it("says that a file on ephemeral space exists", async () => {
    store("phi.gguf", "there");
    expect((await single({ cached: false })).log).toContain(
      "Model already exists, skipping download",
    );
  });

  it("keeps a copy of unchanged size when it revalidates", async () => {
    contents.set("/x.gguf", "weights");
    store("phi.gguf", "WEIGHTS");
    const { log } = await single({ revalidate: true });
    expect(log).toContain("Model revalidated (unchanged, skipped download)");
    expect([stored(), requests]).toEqual(["WEIGHTS", ["HEAD /x.gguf"]]);
  });

  it("replaces a copy of another size when it revalidates", async () => {
    contents.set("/x.gguf", "new weights");
    store("phi.gguf", "old");
    expect((await single({ revalidate: true })).log).toContain("Model revalidated (downloaded)");
    expect(stored()).toBe("new weights");
  });

  it("keeps the copy when the source cannot be reached", async () => {
    store("phi.gguf", "old");
    const { code, log } = await single({ revalidate: true });
    expect([code, stored()]).toEqual([0, "old"]);
    expect(log).toContain("Revalidation unreachable; kept cached copy");
  });

  it("fails when it cannot revalidate and has nothing", async () => {
    expect((await single({ revalidate: true })).code).toBe(1);
  });
});

const LIST: FileList = { transport: "http", revalidate: false, customCa: false };
const list = (files: readonly string[], patch: Partial<FileList> = {}) =>
  run(fileListScript({ ...LIST, ...patch }), {
    MODEL_SOURCE: `${base}/repo/`,
    CACHE_DIR: join(dir, "key"),
    MODEL_FILES: files.join("\n"),
  });

describe("fileListScript", () => {
  it("keeps folders, and names with spaces", async () => {
    contents.set("/repo/q4/a.gguf", "A");
    contents.set("/repo/b c.gguf", "BC");
    const { code, log } = await list(["q4/a.gguf", "b c.gguf"]);
    expect(code).toBe(0);
    expect(readFileSync(join(dir, "key", "q4", "a.gguf"), "utf8")).toBe("A");
    expect(readFileSync(join(dir, "key", "b c.gguf"), "utf8")).toBe("BC");
    expect(log).toContain("progress file=q4/a.gguf received=1 total=1");
  });

  it("fetches only what is missing, and clears what was half written", async () => {
    contents.set("/repo/b.gguf", "B");
    store("a.gguf", "A");
    store("b.gguf.tmp", "half");
    const { log } = await list(["a.gguf", "b.gguf"]);
    expect(log).toContain("Model artifact a.gguf already cached, skipping download");
    expect(log).toContain("Downloading model artifact b.gguf...");
    expect(requests).toEqual(["HEAD /repo/b.gguf", "GET /repo/b.gguf"]);
  });

  it("ends with the first file that fails, and names it", async () => {
    const { code, log } = await list(["a.gguf", "b.gguf"]);
    expect(code).toBe(1);
    expect(log).toContain("ERROR: failed to download a.gguf");
    expect(log).not.toContain("b.gguf");
  });

  it("revalidates file by file", async () => {
    contents.set("/repo/a.gguf", "longer");
    contents.set("/repo/b.gguf", "B");
    store("a.gguf", "A");
    store("b.gguf", "b");
    expect((await list(["a.gguf", "b.gguf"], { revalidate: true })).code).toBe(0);
    expect(readFileSync(join(dir, "key", "a.gguf"), "utf8")).toBe("longer");
    expect(readFileSync(join(dir, "key", "b.gguf"), "utf8")).toBe("b");
  });
});

describe("failingScript", () => {
  it("says its message as it is, whatever it holds", async () => {
    const { code, log } = await run(failingScript(`no $(touch x) 'quotes' "here"`), {});
    expect([code, log]).toEqual([1, `no $(touch x) 'quotes' "here"\n`]);
  });
});
