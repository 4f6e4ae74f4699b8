import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";

import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { type Reflectors, startReflectors } from "@/server/kube/start-reflectors";
import { connectTestCluster, type TestCluster } from "../test-cluster";
import { confusionOf, judge, type Played, tableOf } from "./confusion";
import { placementMatrix } from "./matrix";
import { type Outcome, play } from "./play";
import { predict } from "./predict";
import { startProvisioner } from "./provisioner";
import type { Row } from "./row";
import { stage } from "./stage";

const REAL = inject("realControlPlane");
const FEWEST = 60;
const AT_ONCE = 6;
const PATIENCE_MS = 60_000;

let cluster: TestCluster;
let index: ObjectIndex;
let reflectors: Reflectors;
let provisioner: { stop(): Promise<void> } | null = null;
const played: Played[] = [];

const until = (what: string, is: () => unknown): Promise<void> =>
  vi.waitFor(
    async () => {
      if (!(await is())) throw new Error(`waited in vain for ${what}`);
    },
    { timeout: PATIENCE_MS, interval: 50 },
  );

beforeAll(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  reflectors = startReflectors({
    http: cluster.http,
    sink: index,
    namespaces: null,
    onError: () => undefined, // watches are opened again; what is missing is waited for below
  });
  await until("everything to be read", () => reflectors.synced() && reflectors.connected());
  // the sandbox has its own
  if (REAL) provisioner = startProvisioner(cluster, index);
});
afterAll(async () => {
  await provisioner?.stop();
  await reflectors.stop();
  await cluster.stop();
});

const rows: readonly Row[] = Object.values(placementMatrix).flat();
const skipReason = (row: Row) => row.notReal ?? (REAL ? undefined : row.notSandbox);
const asked = rows.filter((row) => skipReason(row) === undefined);

async function ask(row: Row, number: number): Promise<void> {
  const place = { cluster, index, until };
  const staged = await stage(row, `r${number}`, place);
  try {
    const said = predict(index, { key: staged.key, row, now: new Date().toISOString() });
    const prediction = { ...said, nodes: said.nodes?.map(staged.ownName) ?? null };
    const outcome: Outcome = await play(staged, place);
    played.push({ row, prediction, outcome });
  } finally {
    await staged.strike();
  }
}

describe("what is predicted, put to the scheduler", () => {
  it(
    "is what happens",
    async () => {
      const waiting = asked.map((row, number) => ({ row, number }));
      const failures: string[] = [];
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const { row, number } = next;
          await ask(row, number).catch((error: unknown) =>
            failures.push(`${row.name}: ${String(error).slice(0, 400)}`),
          );
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      report();

      expect(failures).toEqual([]);
      expect(played.flatMap(judge)).toEqual([]);
      expect(played.length).toBeGreaterThanOrEqual(FEWEST);
    },
    20 * 60_000,
  );
});

function report(): void {
  const confusion = confusionOf(played);
  process.stdout.write(`${tableOf(confusion)}\n`);
  const folder = join(import.meta.dirname, "..", "..", "..", ".mooring", "results");
  mkdirSync(folder, { recursive: true });
  const skipped = rows.flatMap((row) => {
    const reason = skipReason(row);
    return reason === undefined ? [] : [{ name: row.name, reason }];
  });
  const server = REAL ? "control-plane" : "sandbox";
  const file = join(folder, `placement-${server}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ server, rows: rows.length, confusion, skipped }, null, 2)}\n`,
  );
}
