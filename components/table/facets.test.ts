import { describe, expect, it } from "vitest";

import { applyFacets, countFacet, searchRows, type Facet } from "./facets";

type Row = { name: string; kind: string; nodes: string[] };
const rows: Row[] = [
  { name: "a", kind: "shared", nodes: ["n1", "n2"] },
  { name: "b", kind: "yours", nodes: ["n1"] },
  { name: "c", kind: "yours", nodes: [] },
];
const kind: Facet<Row> = { id: "kind", label: "Kind", values: (row) => [row.kind] };
const node: Facet<Row> = { id: "node", label: "Node", values: (row) => row.nodes };
const facets = [kind, node];
const names = (found: readonly Row[]) => found.map((row) => row.name).join("");

describe("applyFacets", () => {
  it.each([
    [{}, "abc"],
    [{ kind: ["yours"] }, "bc"],
    [{ kind: ["yours", "shared"] }, "abc"],
    [{ kind: ["yours"], node: ["n1"] }, "b"],
    [{ node: ["n9"] }, ""],
  ])("%j leaves %s: or within a facet, and between facets", (selection, expected) => {
    expect(names(applyFacets(rows, facets, selection))).toBe(expected);
  });
  it("returns the same rows when nothing is selected", () => {
    expect(applyFacets(rows, facets, {})).toBe(rows);
  });
});

describe("countFacet", () => {
  it("counts under the other facets, not under its own", () => {
    const selection = { kind: ["shared"], node: ["n1"] };
    expect(countFacet(rows, facets, { facet: kind, selection })).toEqual([
      { value: "shared", count: 1 },
      { value: "yours", count: 1 },
    ]);
  });
  it("keeps a selected value that nothing has any more", () => {
    expect(countFacet(rows, facets, { facet: node, selection: { node: ["gone"] } })).toContainEqual(
      {
        value: "gone",
        count: 0,
      },
    );
  });
  it("follows the given order before the count", () => {
    const ordered = { ...kind, order: ["yours", "shared"] };
    expect(
      countFacet(rows, [ordered], { facet: ordered, selection: {} }).map(({ value }) => value),
    ).toEqual(["yours", "shared"]);
  });
});

it("finds rows that have all words, in any order and case", () => {
  const textOf = (row: Row) => `${row.name} ${row.kind}`;
  expect(names(searchRows(rows, " YOURS b", textOf))).toBe("b");
  expect(searchRows(rows, "  ", textOf)).toBe(rows);
});
