import { expect, it } from "vitest";

import { servingMode } from "./serving-mode";

it.each([
  [{}, "chat"],
  [{ mode: "embedding" as const, extraArgs: ["--reranking"] }, "embedding"],
  [{ extraArgs: ["--embedding", "--reranking"] }, "rerank"],
  [{ args: ["--embeddings=true"] }, "embedding"],
  [{ endpoint: { path: "/v1/rerank" } }, "rerank"],
  [{ endpoint: { path: "/v1/embeddings" } }, "embedding"],
  [{ args: ["--embedding"], endpoint: { path: "/v1/rerank" } }, "embedding"],
])("tells of %j that the service is for %s", (spec, mode) => {
  expect(servingMode({ modelRef: "m", ...spec })).toBe(mode);
});
