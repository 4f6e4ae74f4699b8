import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, stopChild, waitUntil } from "./cluster/processes";
import { startTestServer } from "./cluster/start-test-server";

const root = join(import.meta.dirname, "..");

/** The suites' own variables are none of the server's: it refuses names it does not know. */
function withoutMooring(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MOORING_")));
}

/**
 * One API server and one built Mooring for all journeys of a run. Workers find them through `MOORING_E2E_URL` and
 * `MOORING_E2E_KUBECONFIG`.
 */
export default async function startApp(): Promise<() => Promise<void>> {
  const server = await startTestServer({ demo: true, speed: 4 });
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-e2e-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  mkdirSync(join(root, ".mooring"), { recursive: true });
  const log = openSync(join(root, ".mooring/e2e-server.log"), "w");
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: root,
    stdio: ["ignore", log, log],
    env: {
      ...withoutMooring(process.env),
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      HOST: "127.0.0.1",
      PORT: String(port),
      MOORING_CLUSTER: server.realControlPlane ? "kubeconfig" : "sandbox",
      MOORING_KUBECONFIG: server.kubeconfig,
      MOORING_OPERATOR: "builtin",
      MOORING_DATA_DIR: dataDir,
    },
  });
  const stop = async () => {
    await stopChild(child);
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await waitUntil("Mooring to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`Mooring ended with ${String(child.exitCode)}`);
      return (await fetch(`${url}/readyz`)).ok;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  process.env["MOORING_E2E_URL"] = url;
  process.env["MOORING_E2E_KUBECONFIG"] = server.kubeconfig;
  return stop;
}
