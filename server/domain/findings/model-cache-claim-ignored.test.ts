import { describe, expect, it } from "vitest";

import { DEFAULT_OPERATOR_SETTINGS } from "../operator-settings";
import { aModel, anEvent, anInferenceService } from "@/server/testing/builders";
import { aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { modelCacheClaimIgnored } from "./model-cache-claim-ignored";

const noKey = { status: { cacheKey: undefined } };

describe("modelCacheClaimIgnored", () => {
  it.each([
    [
      "a pre-staged source",
      aServiceFacts({ model: aModel({ spec: { source: "pvc://weights/a.gguf" } }) }),
      /read-only from claim "weights"/u,
    ],
    [
      "caching switched off",
      aServiceFacts({
        surroundings: aSurroundings({ settings: { ...DEFAULT_OPERATOR_SETTINGS, cachePath: "" } }),
      }),
      /switched off in the operator/u,
    ],
    ["no cache key", aServiceFacts({ model: aModel(noKey) }), /"llama-3-8b" has no cache key/u],
    [
      "a runtime without init containers",
      aServiceFacts({ service: anInferenceService({ spec: { runtime: "tgi" } }) }),
      /runtime "tgi" fetches models itself/u,
    ],
    [
      "skipModelInit",
      aServiceFacts({ service: anInferenceService({ spec: { skipModelInit: true } }) }),
      /skipModelInit is set/u,
    ],
    [
      "a metal agent",
      aServiceFacts({ model: aModel({ spec: { hardware: { accelerator: "metal" } } }) }),
      /metal agent of a host/u,
    ],
    [
      "Ephemeral persistence",
      aServiceFacts({
        service: anInferenceService({ spec: { modelCache: { persistence: "Ephemeral" } } }),
      }),
      /Ephemeral persistence/u,
    ],
  ])("has a sentence of its own for %s", (_name, facts, wording) => {
    const finding = modelCacheClaimIgnored(facts);

    expect(finding).toMatchObject({ code: "ModelCacheClaimIgnored", severity: "warning" });
    expect(finding?.message).toMatch(/^Claim "models-nvme-a" is not used: /u);
    expect(finding?.message).toMatch(wording);
    expect(finding?.nextStep).not.toBe("");
  });

  it.each([
    ["exists", aServiceFacts().claims, /without it the service would fail/u],
    [
      "does not exist",
      new Map([["models-nvme-a", null]]),
      /fails the service because it does not exist/u,
    ],
  ])("says that the claim is required all the same when it %s", (_name, claims, wording) => {
    const service = anInferenceService({ spec: { skipModelInit: true } });

    expect(modelCacheClaimIgnored(aServiceFacts({ service, claims }))?.message).toMatch(wording);
  });

  it("does not say so for a pre-staged model, whose claim is not required", () => {
    const model = aModel({ spec: { source: "pvc://weights/a.gguf" } });

    expect(modelCacheClaimIgnored(aServiceFacts({ model }))?.message).not.toContain("requires");
  });

  it("is info when a draft model uses the claim after all", () => {
    const finding = modelCacheClaimIgnored(
      aServiceFacts({
        model: aModel({ spec: { source: "pvc://weights/a.gguf" } }),
        draftModel: aModel({ metadata: { name: "draft" } }),
      }),
    );

    expect(finding).toMatchObject({ severity: "info", actions: [] });
    expect(finding?.message).toContain("holds only the draft model");
  });

  it("quotes the operator's event without the source's secrets", () => {
    const event = anEvent({
      reason: "ModelCacheClaimIgnored",
      message: 'model source "https://u:p@host/x?token=secret" is ignored',
    });
    const finding = modelCacheClaimIgnored(
      aServiceFacts({ model: aModel(noKey), events: [event] }),
    );

    expect(JSON.stringify(finding)).not.toMatch(/secret|u:p/u);
    expect(finding?.evidence.at(-1)?.value).toContain("https://host/x");
  });

  it.each([
    ["the claim is used", aServiceFacts()],
    [
      "no claim is declared",
      aServiceFacts({
        service: anInferenceService({ spec: { modelCache: undefined, skipModelInit: true } }),
      }),
    ],
    [
      "the Model has no key yet because it is not Ready",
      aServiceFacts({ model: aModel({ status: { cacheKey: undefined, phase: "Pending" } }) }),
    ],
    ["the Model is not there", aServiceFacts({ model: null })],
  ])("is silent when %s", (_name, facts) => {
    expect(modelCacheClaimIgnored(facts)).toBeNull();
  });
});
