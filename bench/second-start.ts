import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, stopChild, waitUntil } from "../e2e/cluster/processes";
import { describeMs } from "./percentiles";

const root = join(import.meta.dirname, "..");
const RUNS = 5;

async function once(): Promise<{ readonly page: number; readonly ready: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-bench-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, "scripts/start.mjs")], {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, PORT: String(port), MOORING_DATA_DIR: dataDir },
  });
  try {
    await waitUntil("the first page", async () => (await fetch(url)).ok);
    const page = performance.now() - started;
    await waitUntil("synced caches", async () => (await fetch(`${url}/readyz`)).ok);
    return { page, ready: performance.now() - started };
  } finally {
    await stopChild(child);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** `npm start` in a checkout that is installed and built: from the command to the first page, and to synced caches. */
export async function measureSecondStart(): Promise<readonly string[]> {
  await once(); // the first run may install and build
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await once());
  return [
    `first page: ${describeMs(runs.map(({ page }) => page))}`,
    `caches synced: ${describeMs(runs.map(({ ready }) => ready))}`,
  ];
}
