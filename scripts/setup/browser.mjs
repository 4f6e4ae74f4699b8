import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";

import { root, run, step } from "./steps.mjs";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function playwrightsOwn() {
  const { chromium } = createRequire(join(root, "package.json"))("@playwright/test");
  return chromium.executablePath();
}

function find() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
    return named;
  }
  return [playwrightsOwn(), ...SYSTEM].find((path) => path && existsSync(path));
}

async function download() {
  await run(process.execPath, [
    join(root, "node_modules/@playwright/test/cli.js"),
    "install",
    "chromium",
  ]);
}

async function debianPackage() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error("not root on Debian");
  }
  await run("apt-get", ["update", "-qq"]);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

/**
 * Path of a Chromium for the tests: one that is there, else Debian's package when root, else Playwright's download.
 * @throws with the one thing to do when there is none.
 */
export async function ensureBrowser() {
  const there = find();
  if (there) return there;
  const failures = [];
  for (const [title, work] of [
    ["Installing Debian's chromium", debianPackage],
    ["Downloading Playwright's chromium", download],
  ]) {
    try {
      await step(title, work);
      const found = find();
      if (found) return found;
    } catch (error) {
      failures.push(`${title}: ${error.message}`);
    }
  }
  throw new Error(
    `No Chromium for the browser tests: install one and name it with CHROMIUM_PATH=/path/to/chromium. (${failures.join("; ")})`,
  );
}
