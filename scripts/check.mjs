import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { generate, install, nextTypes } from "./setup/prepare.mjs";
import { root, run } from "./setup/steps.mjs";

const bin = (...path) => [process.execPath, [join(root, "node_modules", ...path)]];
const tool = ([node, script], ...args) => run(node, [...script, ...args]);

const CHECKS = [
  ["Format", () => tool(bin("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", ".")],
  ["Types", () => tool(bin("typescript/bin/tsc"), "--noEmit")],
  [
    "Lint",
    () =>
      tool(
        bin("eslint/bin/eslint.js"),
        ".",
        "--max-warnings=0",
        "--cache",
        "--cache-location",
        ".mooring/eslint",
        "--cache-strategy",
        "content",
      ),
  ],
  [
    "Import rules",
    () =>
      tool(
        bin("dependency-cruiser/bin/dependency-cruise.mjs"),
        "app",
        "components",
        "server",
        "sandbox",
        "e2e",
        "--output-type=err",
      ),
  ],
  [
    "Unit tests",
    () =>
      tool(
        bin("vitest/vitest.mjs"),
        "run",
        "--project",
        "unit",
        "--project",
        "components",
        "--reporter=dot",
      ),
  ],
];

/** Two at a time: the machine this must be quick on has two cores. */
async function main() {
  await install();
  await generate();
  await nextTypes();
  mkdirSync(join(root, ".mooring"), { recursive: true });
  const started = Date.now();
  const [format, types, lint, imports, unit] = CHECKS.map(
    ([title, work]) =>
      () =>
        timed(title, work),
  );
  const results = await Promise.all([inTurn(lint, imports, format), inTurn(types, unit)]);
  const failed = results.flat().filter((result) => !result.ok);
  for (const { title, error } of failed) console.error(`${title}: ${error.message}`);
  console.log(
    `${failed.length === 0 ? "All checks pass" : `${failed.length} failed`} (${((Date.now() - started) / 1000).toFixed(0)} s)`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

async function timed(title, work) {
  const started = Date.now();
  try {
    await work();
    console.log(`  ${title}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return { title, ok: true };
  } catch (error) {
    return { title, ok: false, error };
  }
}

async function inTurn(...works) {
  const results = [];
  for (const work of works) results.push(await work());
  return results;
}

await main();
