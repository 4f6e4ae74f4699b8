import { describe, expect, it } from "vitest";

import { findingSchema } from "@/server/contract/finding";
import { aModel, anEvent, anInferenceService, aPod } from "@/server/testing/builders";
import { aServiceFacts, aSurroundings, invisible } from "@/server/testing/facts";
import { modelCachePvcNotFound } from "./model-cache-pvc-not-found";

const MISSING = new Map([["models-nvme-a", null]]);

describe("modelCachePvcNotFound", () => {
  it("names claim and namespace, with what says so", () => {
    const finding = modelCachePvcNotFound(
      aServiceFacts({ claims: MISSING, pods: [], events: [anEvent()] }),
    );

    expect(findingSchema.parse(finding)).toEqual(finding);
    expect(finding).toMatchObject({
      severity: "error",
      message: 'Claim "models-nvme-a" does not exist in namespace ml.',
      since: "2026-03-01T11:30:00.000000Z",
      evidence: [
        {
          kind: "InferenceService",
          name: "llama",
          field: "spec.modelCache.claimName",
          value: "models-nvme-a",
          observedAt: "2026-03-01T11:59:58Z",
        },
        { kind: "PersistentVolumeClaim", name: "models-nvme-a", value: "not found" },
        { kind: "InferenceService", name: "llama", field: "event ModelCachePVCNotFound" },
      ],
    });
    expect(finding?.actions.map(({ type }) => type)).toEqual([
      "ShowYaml",
      "AttachClaim",
      "DetachClaim",
    ]);
  });

  it("adds that old pods still serve, and from what", () => {
    const service = anInferenceService({ spec: { modelCache: { claimName: "gone" } } });
    const finding = modelCachePvcNotFound(
      aServiceFacts({ service, claims: new Map([["gone", null]]) }),
    );

    expect(finding?.message).toBe(
      'Claim "gone" does not exist in namespace ml. 1 pod still serves from models-nvme-a, as before.',
    );
  });

  it("adds that pods which mount the deleted claim would not start again", () => {
    expect(modelCachePvcNotFound(aServiceFacts({ claims: MISSING }))?.message).toContain(
      "1 pod still serves from what is left of it, and would not start again.",
    );
  });

  it.each([
    ["LLMKube needs a nudge", false, /needs a nudge/u],
    ["the built-in operator goes on by itself", true, /continues by itself/u],
  ])("says what happens once it exists: %s", (_name, builtinOperator, wording) => {
    const surroundings = aSurroundings({ builtinOperator });
    const finding = modelCachePvcNotFound(aServiceFacts({ claims: MISSING, surroundings }));

    expect(finding?.nextStep).toMatch(wording);
  });

  it.each([["a/b"], ["Not_A_DNS_Name"], ["x".repeat(254)]])(
    "says that no claim can be called %s, and shows no YAML for it",
    (claimName) => {
      const service = anInferenceService({ spec: { modelCache: { claimName } } });
      const finding = modelCachePvcNotFound(
        aServiceFacts({ service, claims: new Map([[claimName, null]]) }),
      );

      expect(finding?.nextStep).toContain("No claim can have this name");
      expect(finding?.actions.map(({ type }) => type)).not.toContain("ShowYaml");
    },
  );

  it("fires where nothing would mount the claim but the operator requires it", () => {
    const service = anInferenceService({ spec: { skipModelInit: true } });

    expect(modelCachePvcNotFound(aServiceFacts({ service, claims: MISSING }))).not.toBeNull();
  });

  it("shows a claim with room for the model", () => {
    const [action] =
      modelCachePvcNotFound(aServiceFacts({ claims: MISSING, pods: [] }))?.actions ?? [];

    expect(action).toMatchObject({ type: "ShowYaml" });
    expect(action?.type === "ShowYaml" ? action.yaml : "").toContain("storage: 6Gi");
  });

  it.each([
    ["the claim exists", aServiceFacts()],
    [
      "claims may not be listed",
      aServiceFacts({ claims: MISSING, surroundings: invisible("persistentvolumeclaims") }),
    ],
    ["the claim was not asked about", aServiceFacts({ claims: new Map() })],
    [
      "no claim is declared",
      aServiceFacts({
        service: anInferenceService({ spec: { modelCache: undefined } }),
        claims: new Map([["llmkube-model-cache", null]]),
      }),
    ],
    [
      "the model is pre-staged, so the operator does not look",
      aServiceFacts({
        model: aModel({ spec: { source: "pvc://weights/a.gguf" } }),
        claims: MISSING,
      }),
    ],
    ["the Model is not there", aServiceFacts({ model: null, claims: MISSING, pods: [aPod()] })],
  ])("is silent when %s", (_name, facts) => {
    expect(modelCachePvcNotFound(facts)).toBeNull();
  });
});
