import { describe, expect, it } from "vitest";

import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "@/server/domain/improvements";
import {
  aClaim,
  aDeployment,
  aModel,
  aNode,
  anInferenceService,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { createServiceEnqueuer } from "./service-enqueuer";

const NOW = "2026-03-01T12:00:00Z";

function enqueued(
  act: (index: ObjectIndex) => void,
  improvements = ALL_IMPROVEMENTS,
): readonly string[] {
  const settings = DEFAULT_OPERATOR_SETTINGS;
  const index = createObjectIndex({ settings });
  index.upsert("models", [aModel()], NOW);
  const waiting = (name: string, creationTimestamp: string) => ({
    metadata: { name, creationTimestamp },
    status: { phase: "WaitingForGPU" },
  });
  index.upsert(
    "inferenceservices",
    [
      anInferenceService(),
      anInferenceService({ metadata: { name: "shared" }, spec: { modelCache: undefined } }),
      anInferenceService({
        ...waiting("waits", "2026-03-01T11:00:01Z"),
        spec: { modelRef: "other", modelCache: { claimName: "x" } },
      }),
      anInferenceService({
        ...waiting("waits-too", "2026-03-01T11:00:02Z"),
        spec: { modelRef: "other", modelCache: { claimName: "x" } },
      }),
    ],
    NOW,
  );
  const keys: string[] = [];
  createServiceEnqueuer({ index, improvements, enqueue: (key) => keys.push(key) });
  act(index);
  return keys.sort();
}

describe("createServiceEnqueuer", () => {
  it.each<[string, (index: ObjectIndex) => void, readonly string[]]>([
    [
      "an edit of its spec",
      (index) =>
        index.upsert(
          "inferenceservices",
          [anInferenceService({ metadata: { generation: 2 } })],
          NOW,
        ),
      ["ml/llama"],
    ],
    [
      "an annotation",
      (index) =>
        index.upsert(
          "inferenceservices",
          [anInferenceService({ metadata: { annotations: { touch: "1" } } })],
          NOW,
        ),
      ["ml/llama"],
    ],
    [
      "nothing but the time of its status",
      (index) =>
        index.upsert(
          "inferenceservices",
          [anInferenceService({ status: { lastUpdated: NOW } })],
          NOW,
        ),
      [],
    ],
    [
      "its Model, for all that use it",
      (index) => index.upsert("models", [aModel({ status: { phase: "Failed" } })], NOW),
      ["ml/llama", "ml/shared"],
    ],
    [
      "its claim that appears",
      (index) => index.upsert("persistentvolumeclaims", [aClaim()], NOW),
      ["ml/llama"],
    ],
    [
      "the shared claim that appears",
      (index) =>
        index.upsert(
          "persistentvolumeclaims",
          [aClaim({ metadata: { name: "llmkube-model-cache" } })],
          NOW,
        ),
      ["ml/shared"],
    ],
    [
      "a claim of another namespace",
      (index) =>
        index.upsert("persistentvolumeclaims", [aClaim({ metadata: { namespace: "else" } })], NOW),
      [],
    ],
    [
      "the volume of its claim",
      (index) => index.upsert("persistentvolumes", [aVolume()], NOW),
      ["ml/llama"],
    ],
    ["a pod", (index) => index.upsert("pods", [aPod()], NOW), ["ml/llama"]],
    ["its Deployment", (index) => index.upsert("deployments", [aDeployment()], NOW), ["ml/llama"]],
    ["a node", (index) => index.upsert("nodes", [aNode()], NOW), []],
    [
      "one that leaves the GPU queue, for those behind it",
      (index) => index.remove("inferenceservices", ["ml/waits"], NOW),
      ["ml/waits", "ml/waits-too"],
    ],
    [
      "one that joins the GPU queue, for those behind it",
      (index) =>
        index.upsert(
          "inferenceservices",
          [
            anInferenceService({
              metadata: { creationTimestamp: "2026-02-01T00:00:00Z" },
              status: { phase: "WaitingForGPU" },
            }),
          ],
          NOW,
        ),
      ["ml/llama", "ml/waits", "ml/waits-too"],
    ],
    [
      "one that joins the GPU queue at its end",
      (index) =>
        index.upsert(
          "inferenceservices",
          [
            anInferenceService({
              metadata: { creationTimestamp: "2027-01-01T00:00:00Z" },
              status: { phase: "WaitingForGPU" },
            }),
          ],
          NOW,
        ),
      ["ml/llama"],
    ],
  ])("%s", (_title, act, keys) => {
    expect(enqueued(act)).toEqual(keys);
  });

  it("takes no notice of claims when strict", () => {
    expect(
      enqueued((index) => index.upsert("persistentvolumeclaims", [aClaim()], NOW), NO_IMPROVEMENTS),
    ).toEqual([]);
  });

  it("takes no notice of what a claim says of itself", () => {
    expect(
      enqueued((index) => {
        index.upsert("persistentvolumeclaims", [aClaim()], NOW);
        index.upsert("persistentvolumeclaims", [aClaim({ status: { phase: "Pending" } })], NOW);
      }),
    ).toEqual(["ml/llama"]);
  });
});
