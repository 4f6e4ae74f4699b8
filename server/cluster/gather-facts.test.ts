import { describe, expect, it } from "vitest";

import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import {
  aClaim,
  aContainerStatus,
  aDeployment,
  aModel,
  anAttachment,
  anEvent,
  anInferenceService,
  aNode,
  aPod,
  aStorageClass,
  aVolume,
  uidOf,
} from "@/server/testing/builders";
import { gatherClaimFacts, gatherServiceFacts } from "./gather-facts";
import { createObjectIndex } from "./object-index";

const AT = "2026-03-01T12:00:00Z";
const AROUND = { now: AT, settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: true };

function healthyWorld() {
  const index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  index.upsert("nodes", [aNode()], AT);
  index.upsert("storageclasses", [aStorageClass()], AT);
  index.upsert("persistentvolumes", [aVolume()], AT);
  index.upsert("persistentvolumeclaims", [aClaim()], AT);
  index.upsert("models", [aModel()], AT);
  index.upsert("inferenceservices", [anInferenceService()], AT);
  index.upsert("deployments", [aDeployment()], AT);
  index.upsert("pods", [aPod()], AT);
  return index;
}

describe("gatherServiceFacts", () => {
  it("joins everything there is", () => {
    const facts = gatherServiceFacts(healthyWorld(), "ml/llama", AROUND)!;

    expect(facts).toMatchObject({
      service: anInferenceService(),
      model: aModel(),
      draftModel: null,
      deployment: aDeployment(),
      pods: [aPod()],
      attachment: null,
    });
    expect(facts.surroundings).toMatchObject({ now: AT, builtinOperator: true, nodes: [aNode()] });
    expect(facts.surroundings.observedAt(facts.service)).toBe(AT);
    expect([...facts.claims.keys()]).toEqual(["models-nvme-a"]);
    expect(facts.claims.get("models-nvme-a")).toMatchObject({
      claim: aClaim(),
      volume: aVolume(),
      storageClass: aStorageClass(),
    });
  });

  it("is null for a service that is not there", () => {
    expect(gatherServiceFacts(healthyWorld(), "ml/unknown", AROUND)).toBeNull();
  });

  it("holds null for a declared claim that does not exist, and for one asked about", () => {
    const index = healthyWorld();
    index.upsert(
      "inferenceservices",
      [anInferenceService({ spec: { modelCache: { claimName: "Not/A_Name" } } })],
      AT,
    );
    const facts = gatherServiceFacts(index, "ml/llama", { ...AROUND, alsoClaims: ["later"] })!;

    expect(facts.claims.get("Not/A_Name")).toBeNull();
    expect(facts.claims.get("later")).toBeNull();
    expect(facts.claims.get("models-nvme-a")).toMatchObject({ claim: aClaim() });
  });

  it("leaves finished pods out and puts the oldest first", () => {
    const index = healthyWorld();
    index.upsert(
      "pods",
      [
        aPod({ metadata: { name: "new", creationTimestamp: "2026-03-01T11:59:00Z" } }),
        aPod({ metadata: { name: "old", creationTimestamp: "2026-03-01T10:00:00Z" } }),
        aPod({ metadata: { name: "done" }, status: { phase: "Succeeded" } }),
      ],
      AT,
    );
    const { pods } = gatherServiceFacts(index, "ml/llama", AROUND)!;
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(["old", aPod().metadata.name, "new"]);
  });

  it("merges events about the service, its Deployment and its pods, newest first, not those of earlier objects", () => {
    const index = healthyWorld();
    const pod = { kind: "Pod", name: aPod().metadata.name };
    index.upsert(
      "events",
      [
        anEvent({ eventTime: "2026-03-01T11:10:00.000000Z" }),
        anEvent({
          metadata: { name: "p" },
          eventTime: "2026-03-01T11:20:00Z",
          involvedObject: pod,
        }),
        anEvent({
          metadata: { name: "d" },
          eventTime: "2026-03-01T11:00:00Z",
          involvedObject: { kind: "Deployment", name: "llama" },
        }),
        anEvent({ metadata: { name: "earlier" }, involvedObject: { uid: "of an earlier one" } }),
      ],
      AT,
    );
    const { events } = gatherServiceFacts(index, "ml/llama", AROUND)!;
    expect(events.map(({ involvedObject }) => involvedObject.kind)).toEqual([
      "Pod",
      "InferenceService",
      "Deployment",
    ]);
  });

  it("leaves out the attachment of an earlier service of the same name", () => {
    const index = healthyWorld();
    index.setAttachment(anAttachment());
    expect(gatherServiceFacts(index, "ml/llama", AROUND)?.attachment).toEqual(anAttachment());

    const uid = uidOf("InferenceService", "ml", "llama again");
    index.upsert("inferenceservices", [anInferenceService({ metadata: { uid } })], AT);
    expect(gatherServiceFacts(index, "ml/llama", AROUND)?.attachment).toBeNull();
  });
});

describe("gatherClaimFacts", () => {
  it("joins volume, class, pods and users", () => {
    const facts = gatherClaimFacts(healthyWorld(), "ml/models-nvme-a", AROUND)!;

    expect(facts).toMatchObject({
      volume: aVolume(),
      storageClass: aStorageClass(),
      pods: [aPod()],
    });
    expect(facts.uses.map(({ how }) => how)).toEqual(["declared", "rolledOut", "mounted"]);
  });

  it.each([
    ["of the Model that has this key", aModel().status?.cacheKey ?? "", 4.6 * 1024 ** 3],
    ["not of a Model that has another key by now", "ffffffffffffffff", null],
  ])("knows the size of what was brought onto the claim: %s", (_case, key, bytes) => {
    const index = healthyWorld();
    const finishedAt = "2026-03-01T11:10:00Z";
    const env = [{ name: "CACHE_DIR", value: `/models/${key}` }];
    const downloader = { name: "model-downloader", image: "", env };
    const done = aContainerStatus("model-downloader", { terminated: { exitCode: 0, finishedAt } });
    index.upsert(
      "pods",
      [aPod({ spec: { initContainers: [downloader] }, status: { initContainerStatuses: [done] } })],
      AT,
    );

    const [held] = gatherClaimFacts(index, "ml/models-nvme-a", AROUND)?.held.slice(-1) ?? [];
    expect(held).toMatchObject({ key, model: "llama-3-8b", at: finishedAt });
    expect(held?.bytes ?? null).toBe(bytes === null ? null : Math.round(bytes));
  });

  it("has no volume before the claim is bound, and none that is gone", () => {
    const index = healthyWorld();
    index.remove("persistentvolumes", ["pv-models-nvme-a"], AT);
    expect(gatherClaimFacts(index, "ml/models-nvme-a", AROUND)?.volume).toBeNull();
  });

  it("says which kinds cannot be seen", () => {
    const index = healthyWorld();
    index.setInvisible("nodes", true);
    const facts = gatherClaimFacts(index, "ml/models-nvme-a", AROUND)!;
    index.setInvisible("nodes", false);

    expect([...facts.surroundings.invisible]).toEqual(["nodes"]);
  });
});
