import { describe, expect, it } from "vitest";

import { aClaim, aModel, aNode, anInferenceService, aPod, aVolume } from "./builders";

describe("builders", () => {
  it("merges objects, replaces lists and removes what is undefined", () => {
    const service = anInferenceService({
      metadata: { name: "other" },
      spec: { modelCache: undefined, args: ["--verbose"] },
    });

    expect(service.metadata).toMatchObject({ name: "other", namespace: "ml" });
    expect(service.spec).toMatchObject({ modelRef: "llama-3-8b", args: ["--verbose"] });
    expect(service.spec).not.toHaveProperty("modelCache");
  });

  it("never shares state between two objects", () => {
    expect(anInferenceService()).toEqual(anInferenceService());
    expect(aPod({ metadata: { labels: { extra: "1" } } }).metadata.labels).toHaveProperty("extra");
    expect(aPod().metadata.labels).not.toHaveProperty("extra");
  });

  it("gives different objects different uids", () => {
    const uids = [aClaim(), aClaim({ metadata: { name: "b" } }), aNode(), aModel()].map(
      (object) => object.metadata.uid,
    );
    expect(new Set(uids).size).toBe(uids.length);
  });

  it("binds the default claim and volume to each other", () => {
    expect(aClaim().spec?.volumeName).toBe(aVolume().metadata.name);
    expect(aVolume().spec?.claimRef?.uid).toBe(aClaim().metadata.uid);
  });

  it("keys a model by its source", () => {
    expect(aModel({ spec: { source: "hf://org/repo" } }).status?.cacheKey).toBe("1f20013f4e0ce003");
  });
});
