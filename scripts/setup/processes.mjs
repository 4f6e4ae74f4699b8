import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { nextBin } from "./prepare.mjs";
import { root } from "./steps.mjs";

const children = new Set();
let stopping = false;

function start(name, args, { env = {}, stdio }) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio,
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  child.once("error", (error) => console.error(`${name}: ${error.message}`));
  return child;
}

/** Ends every child by its own pid and waits for it. */
export async function stopAll() {
  stopping = true;
  await Promise.all(
    [...children].map(
      (child) =>
        new Promise((resolve) => {
          child.once("exit", resolve);
          child.kill("SIGTERM");
          setTimeout(() => child.kill("SIGKILL"), 8_000).unref();
        }),
    ),
  );
}

/** Ends everything on a signal, and also when npm, which does not hand every signal on, is gone. */
export function stopOnSignals() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stopAll().then(() => process.exit(143));
  }, 1_000).unref();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(
      signal,
      () => void stopAll().then(() => process.exit(signal === "SIGINT" ? 130 : 143)),
    );
  }
}

/** Starts the sandbox and resolves with its ready line `{server, admin, kubeconfig}`. */
export function startSandbox({ kubeconfig, port = 0, args = [], env = {} }) {
  const child = start(
    "sandbox",
    [
      "--import",
      "tsx",
      join(root, "sandbox/main.ts"),
      "--with-parent",
      "--kubeconfig",
      kubeconfig,
      ...args,
    ],
    { env: { ...env, SANDBOX_PORT: String(port) }, stdio: ["pipe", "pipe", "inherit"] },
  );
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`the sandbox ended with ${code} before it was ready`)),
    );
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) resolve({ ...JSON.parse(line), child });
    });
  });
}

/** Starts the sandbox and brings it back on the same port should it die. */
export async function keepSandbox({ kubeconfig, port, env }) {
  const ready = await startSandbox({ kubeconfig, port, env });
  const address = new URL(ready.server);
  const again = () => {
    if (stopping) return;
    const kept = process.env.SANDBOX_STATE === "keep";
    console.error(
      `The sandbox ended; starting it again with ${kept ? "what it held" : "fresh demo data"}.`,
    );
    startSandbox({ kubeconfig, port: Number(address.port), env }).then(
      ({ child }) => child.once("exit", again),
      (error) => console.error(error.message),
    );
  };
  ready.child.once("exit", again);
  return ready;
}

/** Starts Next (`start` or `dev`) and resolves when it answers. */
export async function startNext({ mode, host, port, env }) {
  const child = start("next", [nextBin, mode, "-H", host, "-p", String(port)], {
    env: { ...env, HOST: host, PORT: String(port), NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const url = `http://${host}:${port}`;
  let ended = null;
  child.once("exit", (code) => (ended = code ?? 1));
  for (;;) {
    if (ended !== null) throw new Error(`Mooring ended with ${ended} before it answered`);
    if (await answers(`${url}/healthz`)) return { url, child };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // not listening yet: asked again
  }
}
