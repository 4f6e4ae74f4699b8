import { expect, it } from "vitest";

import { toDiffLines } from "./diff-lines";

const render = (before: string, after: string) =>
  toDiffLines(before, after).map(({ mark, text }) => `${mark}${text}`);

it("shows the change with three lines around it and marks what it leaves out between two", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line${index}`);
  const after = lines.with(1, "changed").toSpliced(15, 1);
  expect(render(lines.join("\n"), after.join("\n"))).toEqual([
    " line0",
    "-line1",
    "+changed",
    " line2",
    " line3",
    " line4",
    " …",
    " line12",
    " line13",
    " line14",
    "-line15",
    " line16",
    " line17",
    " line18",
  ]);
});

it("is empty when nothing changes", () => {
  expect(toDiffLines("a: 1\n", "a: 1\n")).toEqual([]);
});
