import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { exitCode, root } from "./steps.mjs";

const results = join(root, ".mooring", "results");

/** Runs vitest projects; answers `{passed, failed}` from its own report. */
export async function vitest(name, args, env = {}) {
  const file = report(name);
  const code = await exitCode(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
      ...args,
    ],
    { env },
  );
  if (!existsSync(file)) return { name, passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return honest({
    name,
    code,
    passed: numPassedTests,
    failed: Math.max(numFailedTests, numFailedTestSuites && 1),
  });
}

/** Runs Playwright; answers `{passed, failed}` from its own report. */
export async function playwright(name, args, env = {}) {
  const file = report(name);
  const code = await exitCode(
    process.execPath,
    [join(root, "node_modules/@playwright/test/cli.js"), "test", ...args],
    {
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    },
  );
  if (!existsSync(file)) return { name, passed: 0, failed: 1 };
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  return honest({ name, code, passed: stats.expected + stats.flaky, failed: stats.unexpected });
}

/** Runs recorded cases of the real operator; answers `{passed, failed}` from its own report. */
export async function golden(name, args) {
  const file = report(name);
  const code = await exitCode(process.execPath, [
    "--import",
    "tsx",
    join(root, "server/testing/goldens/main.ts"),
    ...args,
    `--report=${file}`,
  ]);
  if (!existsSync(file)) return { name, passed: 0, failed: 1 };
  return honest({ name, code, ...JSON.parse(readFileSync(file, "utf8")) });
}

function report(name) {
  mkdirSync(results, { recursive: true });
  const file = join(results, `${name}.json`);
  rmSync(file, { force: true });
  return file;
}

/** A runner that failed without a failed test (a setup that threw) counts as one failure. */
function honest({ name, code, passed, failed }) {
  return { name, passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** Prints what ran and ends with `N passed, N failed`. */
export function conclude(suites) {
  const sum = (key) => suites.reduce((total, suite) => total + suite[key], 0);
  console.log("");
  for (const { name, passed, failed } of suites)
    console.log(`  ${name}: ${passed} passed, ${failed} failed`);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
}
