import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";

import { freePort, stopChild, waitUntil } from "./cluster/processes";

const root = join(import.meta.dirname, "..");

export type Mooring = {
  readonly url: string;
  /** SIGKILL: nothing is flushed, nothing is said. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** The suites' own variables are none of the server's: it refuses names it does not know. */
function withoutMooring(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MOORING_")));
}

/** The built application as a process of its own, ready (caches synced, database open) when this resolves. */
export async function startMooring(options: {
  readonly kubeconfig: string;
  readonly cluster: "sandbox" | "kubeconfig";
  readonly operator: "builtin" | "none";
  readonly dataDir: string;
  readonly logName: string;
}): Promise<Mooring> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  mkdirSync(join(root, ".mooring"), { recursive: true });
  const log = openSync(join(root, ".mooring", `${options.logName}.log`), "a");
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
      MOORING_CLUSTER: options.cluster,
      MOORING_KUBECONFIG: options.kubeconfig,
      MOORING_OPERATOR: options.operator,
      MOORING_DATA_DIR: options.dataDir,
    },
  });
  const mooring: Mooring = {
    url,
    kill: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
    stop: () => stopChild(child),
  };
  try {
    await waitUntil("Mooring to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`Mooring ended with ${String(child.exitCode)}`);
      return (await fetch(`${url}/readyz`)).ok;
    });
  } catch (error) {
    await mooring.stop();
    throw error;
  }
  return mooring;
}
