import { describe, expect, it } from "vitest";

import type { ClaimFacts, ServiceFacts } from "../facts";
import { aClaim, aModel, aPod, aStorageClass } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import { firstConsumerDeadlock } from "./first-consumer-deadlock";

const model = (phase: string, source = "pvc://weights/a.gguf") =>
  aModel({ spec: { source }, status: { phase } });
const waiting = (change: Partial<ClaimFacts> = {}) =>
  aClaimFacts({
    claim: aClaim({
      metadata: { name: "weights" },
      spec: { volumeName: undefined },
      status: { phase: "Pending", capacity: undefined },
    }),
    volume: null,
    ...change,
  });
const factsOf = (claimFacts: ClaimFacts | null, change: Partial<ServiceFacts> = {}) =>
  aServiceFacts({
    model: model("Pending"),
    pods: [],
    claims: new Map([["weights", claimFacts]]),
    ...change,
  });

describe("firstConsumerDeadlock", () => {
  it("says who waits for whom, with both as evidence and a pod that ends it", () => {
    const finding = firstConsumerDeadlock(factsOf(waiting()));

    expect(finding).toMatchObject({
      severity: "error",
      message:
        'Model "llama-3-8b" waits until claim "weights" is bound, and the claim waits for a first pod, which the operator does not make before the Model is Ready: neither gets on.',
      evidence: [
        { kind: "Model", value: "Pending" },
        { kind: "PersistentVolumeClaim", name: "weights", value: "Pending" },
        { kind: "StorageClass", value: "WaitForFirstConsumer" },
      ],
    });
    expect(finding?.actions).toMatchObject([{ type: "ShowYaml" }]);
    expect(JSON.stringify(finding?.actions)).toContain("claimName: weights");
  });

  it("sees a draft model's claim as well", () => {
    const facts = factsOf(waiting(), { model: aModel(), draftModel: model("Pending") });

    expect(firstConsumerDeadlock(facts)).not.toBeNull();
  });

  const immediate = aStorageClass({ volumeBindingMode: "Immediate" });
  it.each<[string, ServiceFacts]>([
    ["a pod waits for the claim as well", factsOf(waiting({ pods: [aPod()] }))],
    ["the claim is bound", factsOf(waiting({ claim: aClaim() }))],
    ["the class binds at once", factsOf(waiting({ storageClass: immediate }))],
    ["the class is not known", factsOf(waiting({ storageClass: null }))],
    ["there is no such claim", factsOf(null)],
    ["the Model is Ready", factsOf(waiting(), { model: model("Ready") })],
    [
      "the Model has failed, which is another finding",
      factsOf(waiting(), { model: model("Failed") }),
    ],
    [
      "the weights are downloaded",
      factsOf(waiting(), { model: model("Pending", "https://h/a.gguf") }),
    ],
    ["there is no Model", factsOf(waiting(), { model: null })],
  ])("is silent when %s", (_name, facts) => {
    expect(firstConsumerDeadlock(facts)).toBeNull();
  });
});
