import { existsSync } from "node:fs";
import { join } from "node:path";

import { root, run, whenChanged } from "./steps.mjs";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const bin = (...path) => join(root, "node_modules", ...path);
export const nextBin = bin("next", "dist", "bin", "next");
export const BUILD_INPUTS = [
  "app",
  "components",
  "server",
  "prisma",
  "instrumentation.ts",
  "proxy.ts",
  "next.config.js",
  "tsconfig.json",
  "package-lock.json",
];

/** @throws when this Node is too old, with the one sentence that helps. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Mooring needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

/** Installs packages from the lock file when they are missing or the lock file changed. */
export async function install() {
  checkNode();
  await whenChanged({
    name: "install",
    inputs: ["package-lock.json"],
    result: "node_modules/next/package.json",
    title: "Installing packages",
    work: () => run(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
  });
}

/** Generates the database client. */
export async function generate() {
  await whenChanged({
    name: "generate",
    inputs: ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"],
    result: "server/db/generated",
    title: "Generating the database client",
    work: () =>
      run(process.execPath, [bin("prisma", "build", "index.js"), "generate"], {
        env: { DATABASE_URL: "file:./data/mooring.db" },
      }),
  });
}

/** Types that Next writes for the compiler (`next-env.d.ts`, route types). */
export async function nextTypes() {
  if (existsSync(join(root, "next-env.d.ts")) && existsSync(join(root, ".next/types"))) return;
  await run(process.execPath, [nextBin, "typegen"]);
}

/** Builds the application when a source changed since the last build. */
export async function build() {
  await whenChanged({
    name: "build",
    inputs: BUILD_INPUTS,
    result: ".next/BUILD_ID",
    title: "Building",
    work: () =>
      run(process.execPath, [nextBin, "build"], { env: { NEXT_TELEMETRY_DISABLED: "1" } }),
  });
}
