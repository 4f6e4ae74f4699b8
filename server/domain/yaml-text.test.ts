import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { yamlText } from "./yaml-text";

const TEXTS = [
  "yes",
  "no",
  "on",
  "Off",
  "y",
  "N",
  "true",
  "~",
  "null",
  "1e3",
  "0x1F",
  "0o17",
  "017",
  "1_000",
  "12:30",
  "12:30:45",
  "-12:30",
  "2024-01-01",
  ".inf",
  "<<",
  "plain",
  "two words: and a colon",
  "a\nb\n",
  "  indented",
  "#",
  "",
];

describe("yamlText", () => {
  it.each(["yes", "on", "1e3", "0x1F", "12:30"])("puts %s in quotes", (text) => {
    expect(yamlText({ note: text })).toBe(`note: "${text}"\n`);
  });

  it.each(TEXTS)("gives %j back to readers of YAML 1.1 and of 1.2", (text) => {
    const yaml = yamlText({ [text]: text });
    expect(parse(yaml, { version: "1.1" })).toEqual({ [text]: text });
    expect(parse(yaml, { version: "1.2" })).toEqual({ [text]: text });
  });

  it("does not break long lines", () => {
    const text = "word ".repeat(60).trim();
    expect(yamlText({ text })).toBe(`text: ${text}\n`);
  });
});
