import { expect, it } from "vitest";

import { toCsv } from "./csv";

const columns = [{ header: "value", value: (row: { v: string | number | null }) => row.v }];
const cell = (v: string | number | null) => toCsv([{ v }], columns).split("\r\n")[1];

it.each([
  ["plain", "plain"],
  [42, "42"],
  [null, ""],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\nlines", '"two\nlines"'.split("\r\n")[0]],
  ["=SUM(A1)", "'=SUM(A1)"],
  ["@cmd, now", '"\'@cmd, now"'],
])("writes %j as %j", (value, expected) => {
  expect(cell(value)).toBe(expected);
});

it("starts with the header and ends with a line break", () => {
  expect(toCsv([], columns)).toBe("value\r\n");
});
