import { describe, expect, it } from "vitest";

import { requestsOf } from "@/server/domain/node-room";
import { claimsOf } from "@/server/domain/pod-state";

import { placementMatrix } from "./matrix";
import { askedAndMade, predictFromScene } from "./predict";
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

  const hasPods = all.filter(({ scene }) => scene.hardware?.accelerator !== "metal");
  it.each(hasPods.map((row) => [row.name, row] as const))(
    "asks of a node what the operator's pod asks, where the service %s",
    (_name, row) => {
      const both = askedAndMade(row);
      if (both === null) throw new Error("the operator makes no pod");
      const { question, made } = both;
      const { requirements, claims } = question;
      const spec = made.spec ?? { containers: [] };

      expect(requirements.requests).toEqual(requestsOf(spec));
      expect(requirements.labels).toEqual(made.metadata?.labels);
      expect(requirements.nodeSelector).toEqual(spec.nodeSelector ?? {});
      expect(requirements.affinity).toEqual(spec.affinity ?? null);
      expect(requirements.tolerations).toEqual(spec.tolerations ?? []);
      expect(requirements.topologySpread).toEqual(spec.topologySpreadConstraints ?? []);
      // a claim that nobody has made yet is judged elsewhere
      const there = new Set((row.scene.claims ?? []).map(({ metadata }) => metadata.name));
      const mounted = claimsOf(spec).filter((name) => there.has(name));
      const judged = claims.map(({ name }) => name).filter((name) => there.has(name));
      expect(new Set(judged)).toEqual(new Set(mounted));
    },
  );
});
