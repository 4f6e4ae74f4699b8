import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { KubeApi } from "@/e2e/cluster/kube-api";
import { startControlPlane } from "@/e2e/cluster/start-control-plane";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "@/server/domain/improvements";
import { judgeBetter } from "./better-mode";
import { readGoldenCases, type GoldenCase } from "./golden-case";
import { runGoldenCase } from "./run-case";
import { furnishAsRecorded } from "./surroundings";

const USAGE = "npm run golden -- DIR [--case NAME]… [--better]";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    case: { type: "string", multiple: true },
    better: { type: "boolean", default: false },
    report: { type: "string" },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs recorded cases on a real control plane of its own; the last line is `N passed, N failed`. */
async function main(): Promise<number> {
  const [folder] = positionals;
  if (folder === undefined) throw new Error(`usage: ${USAGE}`);
  const cases = chosen(readGoldenCases(folder), values.case ?? []);
  const server = await startControlPlane(say, {
    furnishWith: furnishAsRecorded,
    runsPods: false,
  });
  const api = new KubeApi(server.kubeconfig);
  let failed = 0;
  try {
    for (const golden of cases) {
      const differences = await differencesOf(api, server.kubeconfig, golden);
      if (differences.length > 0) failed += 1;
      say(`${differences.length === 0 ? "ok    " : "FAILED"} ${golden.name}`);
      for (const difference of differences) say(`         ${difference}`);
    }
  } finally {
    await api.close();
    await server.stop();
  }
  const passed = cases.length - failed;
  if (values.report !== undefined) writeFileSync(values.report, JSON.stringify({ passed, failed }));
  say(`${passed} passed, ${failed} failed`);
  return failed;
}

/** Without names: all. A name may be the number in front of it. */
function chosen(cases: readonly GoldenCase[], names: readonly string[]): readonly GoldenCase[] {
  const matches = ({ name }: GoldenCase, wanted: string) =>
    name === wanted || name.startsWith(`${wanted}-`);
  const unknown = names.find((wanted) => !cases.some((golden) => matches(golden, wanted)));
  if (unknown !== undefined) throw new Error(`there is no case "${unknown}"`);
  const found = cases.filter((golden) =>
    names.length === 0 ? true : names.some((wanted) => matches(golden, wanted)),
  );
  if (found.length === 0) throw new Error("there are no cases here");
  return found;
}

/** A case that cannot be read or run is a failed one. */
async function differencesOf(
  api: KubeApi,
  kubeconfig: string,
  golden: GoldenCase,
): Promise<readonly string[]> {
  const improvements = values.better ? ALL_IMPROVEMENTS : NO_IMPROVEMENTS;
  try {
    const differences = await runGoldenCase(api, kubeconfig, { golden, improvements });
    return values.better ? judgeBetter(golden.name, differences) : differences;
  } catch (error) {
    return [`could not be run: ${error instanceof Error ? error.message : String(error)}`];
  }
}

try {
  process.exitCode = (await main()) === 0 ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  say("0 passed, 1 failed");
  process.exitCode = 1;
}
