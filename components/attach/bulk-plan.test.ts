import { describe, expect, it } from "vitest";

import type { BulkPreflight, Check, Preflight } from "@/server/contract/preflight";
import { summariseFates, toBulkRows, type BulkFate } from "./bulk-plan";

const check = (code: Check["code"], verdict: Check["verdict"]): Check => ({
  code,
  verdict,
  message: "",
  evidence: [],
});
// Only what decides about a row; the rest of a preflight makes no difference here.
const preflight = (change: Partial<Preflight>) =>
  ({
    verdict: "pass",
    checks: [],
    diff: [{ op: "add", path: "/spec/modelCache/claimName", to: "nvme" }],
    after: "",
    ownership: null,
    repository: null,
    ...change,
  }) as Preflight;
const owner = (manager: string): Preflight["ownership"] => ({
  manager,
  operation: "Apply",
  time: null,
  gitops: false,
});
const bulk = (...preflights: (Preflight | null)[]): BulkPreflight => ({
  verdict: "pass",
  claimName: "nvme",
  items: preflights.map((it, nth) => ({ namespace: "prod", name: `s${nth}`, preflight: it })),
  combined: [],
});

describe("toBulkRows", () => {
  it.each<[BulkFate, Preflight | null]>([
    ["ready", preflight({})],
    ["ready", preflight({ ownership: owner("mooring") })],
    ["waits", preflight({ verdict: "block", checks: [check("NodeFits", "block")] })],
    ["already", preflight({ diff: [] })],
    ["already", preflight({ diff: [], ownership: owner("kubectl") })],
    [
      "owned",
      preflight({ verdict: "block", checks: [check("DryRun", "block")], ownership: owner("helm") }),
    ],
    ["forbidden", preflight({ verdict: "block", checks: [check("Permission", "block")] })],
    ["gone", null],
  ])("is %s", (fate, result) => {
    expect(toBulkRows(bulk(result))[0]).toMatchObject({ name: "s0", fate });
  });
});

describe("summariseFates", () => {
  it("counts what becomes of the services", () => {
    const rows = toBulkRows(bulk(preflight({}), preflight({}), preflight({ diff: [] }), null));
    expect(summariseFates(rows)).toBe(
      "2 can be applied, 1 says so already, 1 does not exist any more.",
    );
  });
});
