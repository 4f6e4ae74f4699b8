import { describe, expect, it } from "vitest";

import { pageOf } from "./list-page";

type Row = { name: string; size: number | null };
const place = {
  key: (row: Row) => row.name,
  value: (row: Row, column: string) => (column === "size" ? row.size : row.name),
};
const rows: Row[] = [
  { name: "c", size: 2 },
  { name: "a", size: 10 },
  { name: "d", size: null },
  { name: "b", size: 2 },
];

function namesInPages(sort: string, limit: number): string[][] {
  const pages: string[][] = [];
  let next: string | undefined;
  do {
    const page = pageOf(rows, { sort, limit, continue: next }, place);
    pages.push(page.items.map(({ name }) => name));
    next = page.continue ?? undefined;
  } while (next !== undefined);
  return pages;
}

describe("pageOf", () => {
  it("sorts numbers by size, ties by key, and what has no value last in both directions", () => {
    expect(namesInPages("size", 10)).toEqual([["b", "c", "a", "d"]]);
    expect(namesInPages("-size", 10)).toEqual([["a", "b", "c", "d"]]);
  });

  it("gives every row exactly once over its pages", () => {
    expect(namesInPages("size", 1)).toEqual([["b"], ["c"], ["a"], ["d"]]);
    expect(namesInPages("-size", 3)).toEqual([["a", "b", "c"], ["d"]]);
  });

  it("goes on at the right place although the last row of the page before is gone", () => {
    const first = pageOf(rows, { sort: "size", limit: 2 }, place);
    const without = rows.filter(({ name }) => name !== "c");
    const second = pageOf(without, { sort: "size", limit: 2, continue: first.continue! }, place);

    expect(second.items.map(({ name }) => name)).toEqual(["a", "d"]);
  });

  it.each([
    ["of another order", Buffer.from('["name","a","a"]').toString("base64url")],
    ["that is no cursor", "%%%"],
  ])("refuses a cursor %s", (_case, cursor) => {
    const page = () => pageOf(rows, { sort: "size", limit: 2, continue: cursor }, place);

    expect(page).toThrow(expect.objectContaining({ reason: "Invalid" }));
  });
});
