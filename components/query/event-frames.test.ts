import { expect, it } from "vitest";

import { createFrameReader } from "./event-frames";

const STREAM = ": hello\n\nevent: lines\ndata: one\ndata:  two\n\ndata: three\n\nevent: end\n\n";
const EXPECTED = [
  { event: "lines", data: "one\n two" },
  { event: "message", data: "three" },
  { event: "end", data: "" },
];

it.each([1, 3, 7, 1000])("reads the same events when cut every %i characters", (size) => {
  const read = createFrameReader();
  const chunks = STREAM.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
  expect(chunks.flatMap((chunk) => read(chunk))).toEqual(EXPECTED);
});

it("keeps an event that is not whole for later", () => {
  const read = createFrameReader();
  expect(read("data: half")).toEqual([]);
  expect(read(" done\n\n")).toEqual([{ event: "message", data: "half done" }]);
});
