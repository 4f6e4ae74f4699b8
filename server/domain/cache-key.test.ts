import { describe, expect, it } from "vitest";

import { computeCacheKey, effectiveKey, isStaleKey } from "./cache-key";
import type { Model } from "./objects";

type Parts = { spec?: Partial<Model["spec"]>; status?: Model["status"] };

function model({ spec, status }: Parts): Model {
  const metadata = {
    name: "m",
    namespace: "ns",
    uid: "u",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  const base = { metadata, spec: { source: "hf://org/repo", ...spec } };
  return status === undefined ? base : { ...base, status };
}

describe("computeCacheKey", () => {
  it.each([
    [
      "https://huggingface.co/TheBloke/Llama-2-7B-GGUF/resolve/main/llama-2-7b.Q4_K_M.gguf",
      "abc28e40217b6b6f",
    ],
    ["hf://example/model", "b53e1639acdb4ca3"],
    ["", "e3b0c44298fc1c14"],
    ["hf://unsloth/gemma-4-31B-it-GGUF", "81e8826218ac9f03"],
    [
      "https://huggingface.co/unsloth/Qwen3-32B-GGUF/resolve/main/Qwen3-32B-Q4_K_M.gguf",
      "b305905cfb57fc0a",
    ],
    ["https://huggingface.co/model.gguf", "6e66fd1e175fe9e9"],
    ["s3://my-bucket/models/llama-3.1-8b-q4_k_m.gguf", "a0c58e684d0ca80f"],
    ["pvc://model-cache/llama-3.1-8b-q4_k_m.gguf", "896999c13207391e"],
    ["hf://org/repo", "1f20013f4e0ce003"],
    ["https://example.com/models/café.gguf", "d47f1511a450c66f"],
  ])("%s → %s", (source, key) => {
    expect(computeCacheKey(source)).toBe(key);
  });

  it("does not normalise", () => {
    expect(computeCacheKey("https://huggingface.co/o/r")).not.toBe(computeCacheKey("hf://o/r"));
    expect(computeCacheKey("hf://o/r ")).not.toBe(computeCacheKey("hf://o/r"));
  });
});

describe("effectiveKey", () => {
  const files = ["model.gguf"];
  it.each<[string, Model | null, string | null]>([
    ["no Model", null, null],
    ["a recorded key wins", model({ status: { cacheKey: "status-wins" } }), "status-wins"],
    [
      "a recorded key wins even over files",
      model({ spec: { files }, status: { cacheKey: "status-wins" } }),
      "status-wins",
    ],
    [
      "files without a recorded key",
      model({ spec: { source: "hf://example/model", files } }),
      "b53e1639acdb4ca3",
    ],
    ["a projector alone", model({ spec: { mmproj: "p.gguf" } }), "1f20013f4e0ce003"],
    ["files on metal", model({ spec: { files, hardware: { accelerator: "metal" } } }), null],
    ["a repository without files", model({}), null],
    ["an empty recorded key is none", model({ status: { cacheKey: "" } }), null],
    ["a single file not yet recorded", model({ spec: { source: "https://a.b/c.gguf" } }), null],
  ])("%s", (_title, subject, key) => {
    expect(effectiveKey(subject)).toBe(key);
  });
});

describe("isStaleKey", () => {
  it.each<[string, Model, boolean]>([
    ["no key recorded", model({}), false],
    ["the key of this source", model({ status: { cacheKey: "1f20013f4e0ce003" } }), false],
    ["the key of another source", model({ status: { cacheKey: "abc28e40217b6b6f" } }), true],
  ])("%s → %s", (_title, subject, stale) => {
    expect(isStaleKey(subject)).toBe(stale);
  });
});
