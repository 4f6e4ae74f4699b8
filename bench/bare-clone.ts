import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, stopChild, waitUntil } from "../e2e/cluster/processes";

const root = join(import.meta.dirname, "..");
const LIMIT_MS = 15 * 60_000;

const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`;

async function startOnce(clone: string, env: NodeJS.ProcessEnv): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn("npm", ["start"], {
    cwd: clone,
    stdio: "ignore",
    env: { ...env, PORT: String(port) },
  });
  try {
    const page = `http://127.0.0.1:${String(port)}`;
    await waitUntil("the first page", async () => (await fetch(page)).ok, LIMIT_MS);
    return performance.now() - started;
  } finally {
    await stopChild(child);
  }
}

async function testOnce(
  clone: string,
  env: NodeJS.ProcessEnv,
): Promise<{ ms: number; last: string }> {
  const started = performance.now();
  const child = spawn("npm", ["test"], { cwd: clone, stdio: ["ignore", "pipe", "ignore"], env });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  return { ms: performance.now() - started, last: output.trimEnd().split("\n").at(-1) ?? "" };
}

/** A clone of this checkout's last commit, with an empty npm cache: `npm start` to the first page, then `npm test`. */
export async function measureBareClone(): Promise<readonly string[]> {
  const dir = mkdtempSync(join(tmpdir(), "mooring-bare-"));
  const clone = join(dir, "mooring");
  const env = { ...process.env, npm_config_cache: join(dir, "npm-cache") };
  try {
    execFileSync("git", ["clone", "--quiet", root, clone]);
    const first = await startOnce(clone, env);
    const second = await startOnce(clone, env);
    const test = await testOnce(clone, env);
    return [
      `npm start, bare clone and empty npm cache, to the first page: ${seconds(first)}`,
      `npm start again: ${(second / 1000).toFixed(1)} s`,
      `npm test: ${seconds(test.ms)} (${test.last})`,
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
