import { describe, expect, it } from "vitest";

import type { ModelSource } from "./source";
import {
  classifySource,
  isUnruled,
  pvcSource,
  redactSource,
  repositoryReference,
  resolvedSource,
} from "./source";

const repository = (name: string, revision: string | null = null): ModelSource => ({
  kind: "repository",
  repository: name,
  revision,
});

const file = (url: string): ModelSource => ({ kind: "file", url });

describe("classifySource", () => {
  it.each<[string, ModelSource]>([
    ["pvc://claim/a/b.gguf", { kind: "pvc", claim: "claim", path: "a/b.gguf" }],
    ["pvc://claim", { kind: "invalid", scheme: "pvc" }],
    ["pvc://claim/", { kind: "invalid", scheme: "pvc" }],
    ["pvc:///path", { kind: "invalid", scheme: "pvc" }],
    ["s3://bucket/key/x.gguf", { kind: "s3", bucket: "bucket", key: "key/x.gguf" }],
    ["S3://bucket/key", { kind: "s3", bucket: "bucket", key: "key" }],
    ["s3://bucket", { kind: "invalid", scheme: "s3" }],
    ["https://host/x.gguf", { kind: "file", url: "https://host/x.gguf" }],
    ["http://host/x.gguf?sig=1", { kind: "file", url: "http://host/x.gguf?sig=1" }],
    [
      "https://huggingface.co/o/r/resolve/main/x.gguf",
      { kind: "file", url: "https://huggingface.co/o/r/resolve/main/x.gguf" },
    ],
    [
      "https://huggingface.co/o/r/blob/main/sub/x.gguf",
      { kind: "file", url: "https://huggingface.co/o/r/blob/main/sub/x.gguf" },
    ],
    ["https://huggingface.co/o/r", repository("o/r")],
    ["https://huggingface.co/o/r/tree/dev", repository("o/r", "dev")],
    ["https://huggingface.co/o/r/resolve/v2", repository("o/r", "v2")],
    ["https://HuggingFace.co/o/r/resolve/v2/", repository("o/r", "v2")],
    ["https://www.huggingface.co/o/r", repository("o/r")],
    ["https://huggingface.co/datasets/o/r", file("https://huggingface.co/datasets/o/r")],
    ["https://huggingface.co/o", file("https://huggingface.co/o")],
    ["https://huggingface.co:8443/o/r", file("https://huggingface.co:8443/o/r")],
    ["https://me@huggingface.co/o/r", file("https://me@huggingface.co/o/r")],
    ["hf://o/r", repository("o/r")],
    ["hf://o", { kind: "unknown" }],
    ["hf://o/r r", { kind: "unknown" }],
    ["hf://o/r@v1@v2", repository("o/r", "v1@v2")],
    ["word", { kind: "unknown" }],
    ["", { kind: "unknown" }],
    ["hf://o/r@v1", repository("o/r", "v1")],
    ["hf://o/r/file.gguf", repository("o/r/file.gguf")],
    ["o/r", repository("o/r")],
    ["/data/x.gguf", { kind: "local", path: "/data/x.gguf" }],
    ["file:///data/x.gguf", { kind: "local", path: "/data/x.gguf" }],
  ])("%s", (source, expected) => {
    expect(classifySource(source)).toEqual(expected);
  });
});

describe("isUnruled", () => {
  it.each([
    ["https://huggingface.co/datasets/o/r/resolve/main/x.gguf", true],
    ["https://huggingface.co/spaces/o/r", true],
    ["https://huggingface.co/o", true],
    ["word", true],
    ["hf://word", true],
    ["https://huggingface.co", false],
    ["https://huggingface.co/o/r", false],
    ["https://huggingface.co/o/r/resolve/main/x.gguf", false],
    ["https://host/datasets/o/r", false],
    ["o/r", false],
    ["s3://bucket", false],
  ])("%s: %s", (source, expected) => {
    expect(isUnruled(source)).toBe(expected);
  });
});

describe("pvcSource", () => {
  it("is null for anything but a complete pvc:// source", () => {
    expect(pvcSource("https://host/x")).toBeNull();
    expect(pvcSource("PVC://claim/x")).toBeNull();
    expect(pvcSource("pvc://claim")).toBeNull();
  });
});

describe("resolvedSource", () => {
  it.each([
    ["hf://o/r", "https://huggingface.co/o/r/resolve/main/"],
    ["hf://o/r@v1", "https://huggingface.co/o/r/resolve/v1/"],
    ["o/r", "https://huggingface.co/o/r/resolve/main/"],
    ["s3://bucket/prefix", "s3://bucket/prefix"],
    ["https://host/x.gguf", "https://host/x.gguf"],
  ])("%s → %s", (source, url) => {
    expect(resolvedSource(source)).toBe(url);
  });
});

describe("repositoryReference", () => {
  it.each([
    ["hf://o/r@v1", "o/r@v1"],
    ["https://huggingface.co/o/r/tree/dev", "o/r@dev"],
    ["o/r", "o/r"],
    ["https://host/x.gguf", null],
  ])("%s → %s", (source, reference) => {
    expect(repositoryReference(source)).toBe(reference);
  });
});

describe("redactSource", () => {
  it.each([
    ["https://user:secret@host/x.gguf?token=t#f", "https://host/x.gguf"],
    ["https://host/x.gguf", "https://host/x.gguf"],
    ["https://a@b@host/x", "https://host/x"],
    ["hf://o/r@v1", "hf://o/r@v1"],
    ["s3://bucket/key", "s3://bucket/key"],
    ["pvc://claim/a b.gguf", "pvc://claim/a b.gguf"],
    ["/data/x.gguf", "/data/x.gguf"],
  ])("%s → %s", (source, shown) => {
    expect(redactSource(source)).toBe(shown);
  });
});
