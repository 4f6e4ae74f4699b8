import { describe, expect, it } from "vitest";

import { placementMatrix } from "./matrix";
import { predictFromScene } from "./predict";
import type { Row } from "./row";

const FEWEST = 120;

describe.each(Object.entries(placementMatrix))("the service, by %s,", (_subject, rows) => {
  it.each(rows.map((row) => [row.name, row] as const))("%s", (_name, row) => {
    const said = predictFromScene(row);

    expect({ checks: said.checks, findings: said.findings }, JSON.stringify(said.messages)).toEqual(
      {
        checks: row.checks ?? {},
        findings: row.findings ?? [],
      },
    );
    expect(said.verdict).toBe(row.verdict);
    if (row.nodes !== undefined) expect(said.nodes).toEqual(row.nodes);
    if (row.says !== undefined) expect(said.messages["NodeFits"]).toMatch(row.says);
  });
});

describe("the matrix", () => {
  const all: readonly Row[] = Object.values(placementMatrix).flat();

  it("is large, and names each row once", () => {
    expect(all.length).toBeGreaterThanOrEqual(FEWEST);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it("says what becomes of the pods wherever neither pass nor block does", () => {
    const open = all.filter(
      ({ verdict, outcome, notReal }) =>
        (verdict === "warn" || verdict === "unknown") &&
        outcome === undefined &&
        notReal === undefined,
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });
});
