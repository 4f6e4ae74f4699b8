import { beforeEach, describe, expect, it, vi } from "vitest";

import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import {
  aClaim,
  aDeployment,
  aModel,
  anAttachment,
  anEvent,
  anInferenceService,
  aNode,
  aPod,
  aStorageClass,
  aVolume,
  aJob,
} from "@/server/testing/builders";
import { type ChangedKeys, createObjectIndex, type ObjectIndex } from "./object-index";

const AT = "2026-03-01T12:00:00Z";
const SERVICE = "ml/llama";
const CLAIM = "ml/models-nvme-a";

let index: ObjectIndex;
let told: ChangedKeys[];

/** The healthy world of the builders, and beside it one service and claim that nothing below may touch. */
function fill(): void {
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  const other = { metadata: { name: "other" } };
  index.upsert("nodes", [aNode()], AT);
  index.upsert("storageclasses", [aStorageClass()], AT);
  index.upsert("persistentvolumes", [aVolume()], AT);
  index.upsert(
    "persistentvolumeclaims",
    [aClaim(), aClaim({ ...other, spec: { volumeName: undefined, storageClassName: "nfs" } })],
    AT,
  );
  index.upsert(
    "models",
    [aModel(), aModel({ ...other, spec: { source: "https://models.example.com/other.gguf" } })],
    AT,
  );
  index.upsert(
    "inferenceservices",
    [
      anInferenceService(),
      anInferenceService({
        ...other,
        spec: { modelRef: "other", modelCache: { claimName: "other" } },
      }),
    ],
    AT,
  );
  index.upsert("deployments", [aDeployment()], AT);
  index.upsert("pods", [aPod()], AT);
  told = [];
  index.subscribe((changed) => told.push(changed));
}
beforeEach(fill);

const lastTold = () => ({
  services: [...(told.at(-1)?.services ?? [])].sort(),
  claims: [...(told.at(-1)?.claims ?? [])].sort(),
});

describe("object index, dependants", () => {
  it.each<[string, () => void, { services: string[]; claims: string[] }]>([
    [
      "a service's status: the service alone, not the claim it shares with others",
      () =>
        index.upsert(
          "inferenceservices",
          [anInferenceService({ status: { phase: "Failed" } })],
          AT,
        ),
      { services: [SERVICE], claims: [] },
    ],
    [
      "a service's claim: the service, the old claim and the new one",
      () =>
        index.upsert(
          "inferenceservices",
          [anInferenceService({ spec: { modelCache: { claimName: "wanted" } } })],
          AT,
        ),
      { services: [SERVICE], claims: [CLAIM, "ml/wanted"] },
    ],
    [
      "a Model's source: its services and their claims",
      () => index.upsert("models", [aModel({ spec: { source: "hf://org/repo" } })], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a Model's conditions: its services alone",
      () => index.upsert("models", [aModel({ status: { conditions: [] } })], AT),
      { services: [SERVICE], claims: [] },
    ],
    [
      "a Deployment's status: its service",
      () => index.upsert("deployments", [aDeployment({ status: { readyReplicas: 0 } })], AT),
      { services: [SERVICE], claims: [] },
    ],
    [
      "a pod's readiness: its service, not its claim",
      () => index.upsert("pods", [aPod({ status: { containerStatuses: [] } })], AT),
      { services: [SERVICE], claims: [] },
    ],
    [
      "a pod's node: its service, its claim and who else uses that",
      () => index.upsert("pods", [aPod({ spec: { nodeName: "gpu-2" } })], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a foreign pod on a claim: the claim and its services",
      () => index.upsert("pods", [aPod({ metadata: { name: "backup", labels: undefined } })], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a claim: itself and its services",
      () => index.upsert("persistentvolumeclaims", [aClaim({ status: { phase: "Lost" } })], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a volume: its claim and that one's services",
      () => index.upsert("persistentvolumes", [aVolume({ status: { phase: "Failed" } })], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a class: its claims and their services",
      () => index.upsert("storageclasses", [aStorageClass({ reclaimPolicy: "Delete" })], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a node: every service, and claims whose volume names it",
      () => index.upsert("nodes", [aNode({ spec: { unschedulable: true } })], AT),
      { services: [SERVICE, "ml/other"], claims: [CLAIM] },
    ],
    [
      "a node that no volume names: every service, no claim",
      () => index.upsert("nodes", [aNode({ metadata: { name: "cpu-1" } })], AT),
      { services: [SERVICE, "ml/other"], claims: [] },
    ],
    [
      "an event about a service",
      () => index.upsert("events", [anEvent()], AT),
      { services: [SERVICE], claims: [] },
    ],
    [
      "an event about a pod: its service",
      () =>
        index.upsert(
          "events",
          [anEvent({ involvedObject: { kind: "Pod", name: aPod().metadata.name } })],
          AT,
        ),
      { services: [SERVICE], claims: [] },
    ],
    [
      "an event about a claim: the claim and its services",
      () =>
        index.upsert(
          "events",
          [anEvent({ involvedObject: { kind: "PersistentVolumeClaim", name: "models-nvme-a" } })],
          AT,
        ),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "an event about something else: nobody",
      () => index.upsert("events", [anEvent({ involvedObject: { kind: "Node", name: "n" } })], AT),
      { services: [], claims: [] },
    ],
    [
      "a prefetch Job: the services of its Model and the claim it fills",
      () => index.upsert("jobs", [aJob()], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a deleted claim: itself and its services",
      () => index.remove("persistentvolumeclaims", [CLAIM], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a deleted service: itself and its claims",
      () => index.remove("inferenceservices", [SERVICE], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "a deleted pod: its service and its claim",
      () => index.remove("pods", [`ml/${aPod().metadata.name}`], AT),
      { services: [SERVICE], claims: [CLAIM] },
    ],
    [
      "an attachment that asks for another claim: the service and that claim",
      () => index.setAttachment(anAttachment({ claimName: "wanted" })),
      { services: [SERVICE], claims: ["ml/wanted"] },
    ],
    [
      "a kind that may not be listed any more: everything",
      () => index.setInvisible("nodes", true),
      { services: [SERVICE, "ml/other"], claims: [CLAIM, "ml/other"] },
    ],
    [
      "the operator's settings: everything",
      () => index.setSettings({ ...DEFAULT_OPERATOR_SETTINGS, cacheMode: "perService" }),
      { services: [SERVICE, "ml/other"], claims: [CLAIM, "ml/other"] },
    ],
  ])("%s", (_case, change, expected) => {
    change();
    expect(lastTold()).toEqual(expected);
  });

  it("a claim that is made wakes the service that waits for it", () => {
    index.upsert(
      "inferenceservices",
      [anInferenceService({ spec: { modelCache: { claimName: "wanted" } } })],
      AT,
    );
    index.upsert("persistentvolumeclaims", [aClaim({ metadata: { name: "wanted" } })], AT);

    expect(lastTold()).toEqual({ services: [SERVICE], claims: ["ml/wanted"] });
  });

  it("a claim that is asked for by an open attachment wakes its service until the attachment is closed", () => {
    const attachment = anAttachment({ claimName: "wanted", state: "Blocked" });
    index.setAttachment(attachment);
    index.upsert("persistentvolumeclaims", [aClaim({ metadata: { name: "wanted" } })], AT);
    expect(lastTold().services).toEqual([SERVICE]);

    index.setAttachment({ ...attachment, state: "Cancelled", closedAt: AT });
    index.remove("persistentvolumeclaims", ["ml/wanted"], AT);
    expect(lastTold()).toEqual({ services: [], claims: ["ml/wanted"] });
  });

  it("a service without a declared claim depends on the one the operator will choose", () => {
    index.upsert(
      "inferenceservices",
      [anInferenceService({ metadata: { name: "plain" }, spec: { modelCache: undefined } })],
      AT,
    );
    expect(index.claimKeysOf("ml/plain")).toEqual(["ml/llmkube-model-cache"]);

    index.setSettings({ ...DEFAULT_OPERATOR_SETTINGS, cacheMode: "perService" });
    expect(index.claimKeysOf("ml/plain")).toEqual(["ml/plain-model-cache"]);
  });

  it("a pre-staged source joins the service to the claim of its source", () => {
    index.upsert("models", [aModel({ spec: { source: "pvc://weights/llama.gguf" } })], AT);

    expect(index.usesOf("ml/weights").map(({ how }) => how)).toEqual(["preStaged"]);
  });
});

describe("object index, quiet", () => {
  it("tells nobody of an object that differs only in its resourceVersion, but keeps the new one", () => {
    index.upsert(
      "inferenceservices",
      [anInferenceService({ metadata: { resourceVersion: "2" } })],
      AT,
    );

    expect(told).toEqual([]);
    expect(index.get("inferenceservices", SERVICE)?.metadata.resourceVersion).toBe("2");
  });

  it("tells nobody of a removal of what is not there, of an equal download, settings or visibility", () => {
    index.remove("pods", ["ml/unknown"], AT);
    index.setDownload("ml/unknown", null);
    index.setSettings({ ...DEFAULT_OPERATOR_SETTINGS });
    index.setInvisible("nodes", false);

    expect(told).toEqual([]);
  });

  it("tells once of many objects", () => {
    index.upsert(
      "persistentvolumeclaims",
      ["a", "b", "c"].map((name) => aClaim({ metadata: { name } })),
      AT,
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.changes.map(({ type }) => type)).toEqual(["added", "added", "added"]);
  });

  it("tells the other listeners when one throws", () => {
    const listener = vi.fn();
    index.subscribe(() => {
      throw new Error("first");
    });
    index.subscribe(listener);

    expect(() => index.remove("pods", [`ml/${aPod().metadata.name}`], AT)).toThrow("first");
    expect(listener).toHaveBeenCalledOnce();
  });

  it("loses none of the failures when several listeners throw", () => {
    for (const reason of ["first", "second"]) {
      index.subscribe(() => {
        throw new Error(reason);
      });
    }
    const tell = () => index.upsert("nodes", [aNode({ metadata: { name: "gpu-9" } })], AT);

    expect(tell).toThrow(
      expect.objectContaining({ errors: [new Error("first"), new Error("second")] }),
    );
  });
});

describe("object index, joins", () => {
  it("says in which ways services use a claim", () => {
    expect(index.usesOf(CLAIM).map(({ service, how }) => [service.metadata.name, how])).toEqual([
      ["llama", "declared"],
      ["llama", "rolledOut"],
      ["llama", "mounted"],
    ]);
  });

  it("does not count what a finished pod mounted", () => {
    index.upsert("pods", [aPod({ status: { phase: "Failed" } })], AT);

    expect(index.usesOf(CLAIM).map(({ how }) => how)).toEqual(["declared", "rolledOut"]);
    expect(index.podsOfClaim(CLAIM)).toEqual([]);
  });

  it("keeps the open attachment, else the newest", () => {
    const first = anAttachment({ id: "01A" });
    const second = anAttachment({ id: "01B", state: "Applied" });
    index.setAttachment(first);
    index.setAttachment(second);
    index.setAttachment({ ...first, state: "Superseded", closedAt: AT });
    expect(index.attachmentOf(SERVICE)?.id).toBe("01B");

    index.setAttachment({ ...second, state: "Effective", closedAt: AT });
    expect(index.attachmentOf(SERVICE)?.state).toBe("Effective");
  });

  it("remembers when each version was seen", () => {
    const seen = index.get("inferenceservices", SERVICE)!;
    expect(index.observedAt(seen)).toBe(AT);
    expect(index.observedAt(anInferenceService())).toBeNull();
  });

  it("forgets a download with its pod", () => {
    const key = `ml/${aPod().metadata.name}`;
    index.setDownload(key, {
      state: "Running",
      pod: aPod().metadata.name,
      container: "model-downloader",
      file: null,
      receivedBytes: 1,
      totalBytes: null,
      bytesPerSecond: null,
      etaSeconds: null,
      startedAt: null,
      lastProgressAt: null,
    });
    expect(lastTold()).toEqual({ services: [SERVICE], claims: [] });

    index.remove("pods", [key], AT);
    expect(index.downloadOf(key)).toBeNull();
  });
});

describe("what takes room", () => {
  const here = () => index.room.podsOnNode("gpu-1").map(({ metadata }) => metadata.name);

  it("is told by node, and forgotten with the pod", () => {
    const other = aPod({ metadata: { name: "notebook", namespace: "web", labels: {} } });
    index.upsert("pods", [other], AT);
    expect(here()).toContain("notebook");

    index.upsert("pods", [{ ...other, status: { phase: "Succeeded" } }], AT);
    expect(here()).not.toContain("notebook");
    expect(index.room.podsOnNode("gpu-2")).toEqual([]);
  });

  it("is not known where a pod may be hidden", () => {
    expect(index.seesEveryPod()).toBe(true);
    index.setInvisible("pods", true);
    expect(index.seesEveryPod()).toBe(false);
    const some = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS, everyNamespace: false });
    expect(some.seesEveryPod()).toBe(false);
  });
});

describe("volumesOfClass", () => {
  const names = (className: string) =>
    index.room.volumesOfClass(className).map(({ metadata }) => metadata.name);

  it("follows the volumes, and leaves out what is bound", () => {
    expect(names("local-nvme")).toEqual([]);
    const status = { phase: "Available" };
    index.upsert("persistentvolumes", [aVolume({ status })], AT);
    expect(names("local-nvme")).toEqual(["pv-models-nvme-a"]);
    index.upsert("persistentvolumes", [aVolume({ spec: { storageClassName: "nfs" }, status })], AT);
    expect([names("local-nvme"), names("nfs"), names("")]).toEqual([[], ["pv-models-nvme-a"], []]);
  });
});
