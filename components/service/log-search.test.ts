import { describe, expect, it } from "vitest";

import { toLogRows } from "./log-lines";
import { describeMatches, findMatches, MOST_MATCHES, stepMatch } from "./log-search";

const ROWS = toLogRows([
  "Error: no space",
  "nothing here",
  "an error, and one more ERROR",
  "progress file=error.gguf received=1 total=2 rate=1",
]);

describe("findMatches", () => {
  it("finds every place, whatever the case, also in the name of a file", () => {
    expect(findMatches(ROWS, "error")).toEqual([
      { line: 0, start: 0, end: 5 },
      { line: 2, start: 3, end: 8 },
      { line: 2, start: 23, end: 28 },
      { line: 3, start: 0, end: 5 },
    ]);
  });

  it.each([".*", "(", "a|b", "[x", "\\", "^Error", "$", "{1}", "a-b/c?"])(
    "takes %s for what it is, not for a pattern",
    (wanted) => {
      expect(findMatches(ROWS, wanted)).toEqual([]);
      expect(findMatches(toLogRows([`x ${wanted} y`]), wanted)).toHaveLength(1);
    },
  );

  it("finds the right place behind letters that change their length with their case", () => {
    const [match] = findMatches(toLogRows(["\u0130\u0130\u0130 error"]), "ERROR");
    expect(match).toEqual({ line: 0, start: 4, end: 9 });
  });

  it("does not look for nothing, and stops counting somewhere", () => {
    expect(findMatches(ROWS, "")).toEqual([]);
    const many = findMatches(toLogRows(["a".repeat(MOST_MATCHES + 10)]), "a");
    expect(many).toHaveLength(MOST_MATCHES);
    expect(describeMatches(many, null, "a")).toBe(`${MOST_MATCHES}+`);
  });
});

describe("going from match to match", () => {
  const matches = findMatches(ROWS, "error");

  it("goes round in both directions", () => {
    const forward = [1, 1, 1, 1, 1].reduce<ReturnType<typeof stepMatch>[]>(
      (seen) => [...seen, stepMatch(matches, seen.at(-1) ?? null, 1)],
      [],
    );
    expect(forward.map((match) => match && `${match.line}:${match.start}`)).toEqual([
      "0:0",
      "2:3",
      "2:23",
      "3:0",
      "0:0",
    ]);
    expect(stepMatch(matches, null, -1)).toEqual(matches[3]);
    expect(stepMatch([], null, 1)).toBeNull();
  });

  it("begins anew when the line of the present one was dropped", () => {
    const gone = { line: -5, start: 0, end: 5 };
    expect(stepMatch(matches, gone, 1)).toEqual(matches[0]);
    expect(describeMatches(matches, gone, "error")).toBe("4");
  });

  it("says where it is", () => {
    expect(describeMatches(matches, matches[1] ?? null, "error")).toBe("2 of 4");
    expect(describeMatches([], null, "x")).toBe("No match");
    expect(describeMatches([], null, "")).toBe("");
  });
});
