import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TestContext } from "vitest";

/** The full path of a program; null when it is not there. */
export function findProgram(name: string): string | null {
  const dirs = (process.env["PATH"] ?? "").split(delimiter);
  return dirs.map((dir) => join(dir, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not ours to run: the next folder of the PATH decides
  }
}

/** The shell of the downloader's image is BusyBox's; where there is none, the system's POSIX shell and tools stand in. */
export const SHELL: "BusyBox" | "the system's sh" =
  findProgram("busybox") === null ? "the system's sh" : "BusyBox";

/** Skips a test on a machine without curl, with that reason. */
export function needsCurl(context: TestContext): void {
  context.skip(
    findProgram("curl") === null,
    "curl is not installed, so the download scripts cannot run",
  );
}

/** Skips a test on a machine that lets us mount nothing, not even in a namespace of our own, with that reason. */
export function needsMount(context: TestContext): void {
  context.skip(!mayMount(), "a tmpfs cannot be mounted here, not even in a namespace of our own");
}

function mayMount(): boolean {
  const trial = mkdtempSync(join(tmpdir(), "mooring-mount-"));
  const mount = 'mount -t tmpfs -o size=64k tmpfs "$0"';
  const { status } = spawnSync("unshare", ["-rm", "sh", "-c", mount, trial]);
  rmSync(trial, { recursive: true });
  return status === 0;
}
