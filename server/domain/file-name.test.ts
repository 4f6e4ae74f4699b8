import { describe, expect, it } from "vitest";

import { aModel } from "@/server/testing/builders";
import { modelFileName, sanitiseFileName } from "./file-name";

describe("sanitiseFileName", () => {
  it.each([
    ["Llama 3.1/Instruct", "Llama-3.1-Instruct"],
    ["café", "caf"],
    ["..", ""],
    ["Q4_K_M / Llama-3.1 (8B)", "Q4_K_M-Llama-3.1-8B"],
    ["a/-/b", "a-b"],
    ["模型", ""],
    ["plain", "plain"],
  ])("%s → %s", (text, name) => {
    expect(sanitiseFileName(text)).toBe(name);
  });
});

describe("modelFileName", () => {
  const metadata = { name: "phi" };
  it.each([
    ["the recorded path wins", { path: "/models/key/given.gguf" }, "given.gguf"],
    ["else the GGUF name", { gguf: { modelName: "Phi 3 (mini)" } }, "Phi-3-mini.gguf"],
    ["else the Model's name", {}, "phi.gguf"],
    ["a GGUF name of nothing but signs is passed over", { gguf: { modelName: ".." } }, "phi.gguf"],
  ])("%s", (_title, status, name) => {
    expect(modelFileName(aModel({ metadata, status }))).toBe(name);
  });
});
