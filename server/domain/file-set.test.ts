import { describe, expect, it } from "vitest";

import { aModel } from "@/server/testing/builders";
import { planFileSet } from "./file-set";

const of = (source: string, files?: readonly string[], mmproj?: string) =>
  planFileSet(
    aModel({
      spec: { source, ...(files ? { files } : {}), ...(mmproj === undefined ? {} : { mmproj }) },
    }),
  );

describe("planFileSet", () => {
  it("is one file without a list", () => {
    expect(of("https://host/x.gguf")).toEqual({ kind: "single" });
  });

  it("keeps the order, the projector last, nothing twice", () => {
    expect(of("hf://o/r", ["a/1.gguf", "a/2.gguf", "a/1.gguf"], "mm.gguf")).toEqual({
      kind: "multi",
      files: ["a/1.gguf", "a/2.gguf", "mm.gguf"],
      primary: "a/1.gguf",
      mmproj: "mm.gguf",
    });
  });

  it.each(["hf://o/r", "o/r", "https://huggingface.co/o/r", "s3://bucket/prefix"])(
    "files can be fetched from %s",
    (source) => {
      expect(of(source, ["a.gguf"]).kind).toBe("multi");
    },
  );

  it.each<[string, string, readonly string[] | undefined, string | undefined, string]>([
    ["a pattern", "hf://o/r", ["*.gguf"], undefined, '"*.gguf"'],
    ["an absolute path", "hf://o/r", ["/etc/a.gguf"], undefined, '"/etc/a.gguf"'],
    ["a way out", "hf://o/r", ["../a.gguf"], undefined, '"../a.gguf"'],
    ["a way out inside", "hf://o/r", ["b/../../a.gguf"], undefined, '"b/../../a.gguf"'],
    ["a way out on a second line", "hf://o/r", ["a\n../b.gguf"], undefined, '"a\\n../b.gguf"'],
    ["a line end in the projector", "hf://o/r", ["a"], "b\r", '"b\\r"'],
    ["an empty entry", "hf://o/r", [""], undefined, '""'],
    ["a bad second entry", "hf://o/r", ["a", "b?"], undefined, '"b?"'],
    ["a projector alone", "hf://o/r", undefined, "mm.gguf", "spec.files"],
    ["a projector as a pattern", "hf://o/r", ["a.gguf"], "mm*.gguf", '"mm*.gguf"'],
    ["files of a single file", "https://host/x.gguf", ["a.gguf"], undefined, "https://host/x.gguf"],
    ["a lone @", "hf://o/r@", ["a.gguf"], undefined, "hf://o/r@"],
    ["two dots anywhere", "hf://o/r", ["a..b.gguf"], undefined, '"a..b.gguf"'],
    ["files of a word", "word", ["a.gguf"], undefined, '"word"'],
    ["files on a claim", "pvc://c/x.gguf", ["a.gguf"], undefined, "pvc://c/x.gguf"],
  ])("refuses %s and names it", (_title, source, files, mmproj, named) => {
    const set = of(source, files, mmproj);
    expect(set.kind).toBe("invalid");
    expect(set.kind === "invalid" && set.message).toContain(named);
  });
});
