import { describe, expect, it } from "vitest";

import { aModel } from "@/server/testing/builders";
import type { Model } from "./objects";
import { bytesIdentities } from "./same-bytes";

type Spec = Partial<Model["spec"]>;
const idsOf = (spec: Spec, cacheKey?: string) =>
  bytesIdentities(
    aModel({ spec, ...(cacheKey === undefined ? {} : { status: { cacheKey } }) }),
  ).filter((identity) => identity.startsWith("file:"));
const share = (a: Spec, b: Spec) => idsOf(a).some((identity) => idsOf(b).includes(identity));

const FILE = "https://huggingface.co/org/repo/resolve/main/a.gguf";

describe("bytesIdentities", () => {
  it.each<[string, Spec, Spec]>([
    ["a query of the hub", { source: FILE }, { source: `${FILE}?download=true` }],
    ["the page of the file", { source: FILE }, { source: FILE.replace("resolve", "blob") }],
    [
      "www. and case of the host",
      { source: FILE },
      { source: FILE.replace("huggingface", "WWW.HuggingFace") },
    ],
    [
      "http and credentials",
      { source: "https://h/x/a.gguf" },
      { source: "http://me:pw@h/x/a.gguf#here" },
    ],
    [
      "hf:// and a URL with a file list",
      { source: "hf://org/repo", files: ["a.gguf"] },
      { source: FILE },
    ],
    [
      "hf:// and the page of the repository",
      { source: "hf://org/repo", files: ["a.gguf", "b.gguf"] },
      { source: "https://huggingface.co/org/repo", files: ["b.gguf"] },
    ],
    [
      "a bucket with a list and a single object",
      { source: "s3://bucket/dir", files: ["a.gguf"] },
      { source: "s3://bucket/dir/a.gguf" },
    ],
  ])("sees through %s", (_name, a, b) => {
    expect(share(a, b)).toBe(true);
  });

  it.each<[string, Spec, Spec]>([
    ["another revision", { source: FILE }, { source: FILE.replace("main", "v2") }],
    ["another file", { source: FILE }, { source: FILE.replace("a.gguf", "b.gguf") }],
    [
      "another query of another server",
      { source: "https://h/d?f=a" },
      { source: "https://h/d?f=b" },
    ],
    ["a path in another case", { source: "https://h/a.gguf" }, { source: "https://h/A.gguf" }],
    ["another bucket", { source: "s3://one/a.gguf" }, { source: "s3://two/a.gguf" }],
    [
      "a list that cannot be staged",
      { source: "hf://org/repo", files: ["*.gguf"] },
      { source: FILE },
    ],
  ])("keeps apart %s", (_name, a, b) => {
    expect(share(a, b)).toBe(false);
  });

  it("names the directory by the recorded key, which an edited source keeps", () => {
    expect(bytesIdentities(aModel({ status: { cacheKey: "old" } }))).toContain("key:old");
  });

  it.each<[string, Model]>([
    ["nothing is downloaded", aModel({ spec: { source: "pvc://claim/a.gguf" } })],
    [
      "there is no directory",
      aModel({ spec: { source: "hf://org/repo" }, status: { cacheKey: "" } }),
    ],
  ])("is empty when %s", (_name, model) => {
    expect(bytesIdentities(model)).toEqual([]);
  });
});
