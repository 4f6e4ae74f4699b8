// Plain Node without dependencies: this runs in a bare clone, before `npm ci`.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const stamps = join(root, ".mooring", "stamps");

/** Runs a command to its end; its output is shown only when it fails, or always with `show`. */
export function run(command, args, { env = {}, show = false, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      if (!show) process.stderr.write(Buffer.concat(output));
      reject(new Error(`${[command, ...args].join(" ")} ended with ${code}`));
    });
  });
}

/** Like {@link run}, but answers with the exit code instead of throwing. */
export async function exitCode(command, args, options) {
  try {
    await run(command, args, { show: true, ...options });
    return 0;
  } catch {
    return 1; // what failed is on screen already: the child wrote it
  }
}

/** Prints one step with the time it took. */
export async function step(title, work) {
  const started = Date.now();
  process.stdout.write(`  ${title} … `);
  try {
    const note = await work();
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${typeof note === "string" ? `${note}, ` : ""}${seconds} s`);
  } catch (error) {
    console.log("failed");
    throw error;
  }
}

const IGNORED = new Set(["node_modules", "generated", ".bin", "control-plane"]);

function files(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => !IGNORED.has(name))
    .sort()
    .flatMap((name) => files(join(path, name)));
}

/** A fingerprint of the content of these files and folders, and of the Node version that reads them. */
export function fingerprint(paths) {
  const hash = createHash("sha256").update(process.versions.modules);
  for (const path of paths) {
    for (const file of files(join(root, path))) hash.update(file).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Does the work only when the inputs changed since it last succeeded, or its result is gone. */
export async function whenChanged({ name, inputs, result, title, work }) {
  const print = fingerprint(inputs);
  const stamp = join(stamps, name);
  const fresh =
    existsSync(join(root, result)) && existsSync(stamp) && readFileSync(stamp, "utf8") === print;
  if (fresh) return;
  await step(title, work);
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, print);
}
