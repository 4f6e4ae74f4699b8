import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { TimelineItem } from "@/server/contract/timeline";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { createHistoryMarks } from "@/server/db/history-marks";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import { createTimelineStore } from "@/server/db/timeline";
import type { Condition } from "@/server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import type { HistoryMarks, TimelineStore } from "@/server/ports";
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
  aVolume,
} from "@/server/testing/builders";
import { createFakeClock, type FakeClock } from "@/server/testing/fake-clock";
import { createHistoryController, type HistoryController } from "./history-controller";

const NOW = "2026-03-01T12:00:00.000Z";
const LLAMA = { namespace: "ml", name: "llama" };

let test: TestDatabase;
let index: ObjectIndex;
let timeline: TimelineStore;
let marks: HistoryMarks;
let clock: FakeClock;
let controller: HistoryController;
let errors: unknown[];

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());
beforeEach(() => {
  const clusterId = crypto.randomUUID();
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  timeline = createTimelineStore(test.database.prisma, clusterId);
  marks = createHistoryMarks(test.database.prisma, clusterId);
  clock = createFakeClock(NOW);
  errors = [];
  controller = aController();
});
afterEach(() => controller.stop());

const aController = () =>
  createHistoryController({
    index,
    timeline,
    marks,
    clock,
    onError: (error) => errors.push(error),
  });

const items = async (service = LLAMA): Promise<readonly TimelineItem[]> =>
  (await timeline.list(service, { limit: 100 })).items;
const reasons = async () => (await items()).map((item) => item.reason).toSorted();

/** Waits until what was seen is stored; the mark is written last. */
async function started(): Promise<void> {
  controller.start();
  await vi.waitFor(async () => expect(await marks.recordedUntil()).not.toBeNull(), 5000);
}
const recorded = (reason: string) =>
  vi.waitFor(async () => expect(await reasons()).toContain(reason), 5000);

const put = <P extends Parameters<ObjectIndex["upsert"]>[0]>(
  plural: P,
  object: Parameters<typeof index.upsert<P>>[1][number],
) => index.upsert(plural, [object], NOW);

const condition = (over: Partial<Condition>): Condition => ({
  type: "Degraded",
  status: "True",
  reason: "Failed",
  message: "claim gone",
  lastTransitionTime: NOW,
  ...over,
});

describe("changes of a service", () => {
  beforeEach(async () => {
    put("inferenceservices", anInferenceService());
    await started();
  });

  it("tells who set another claim, from the owner of the field", async () => {
    const fieldsV1 = { "f:spec": { "f:modelCache": { "f:claimName": {} } } };
    put(
      "inferenceservices",
      anInferenceService({
        metadata: {
          resourceVersion: "2",
          managedFields: [{ manager: "kubectl-edit", operation: "Update", fieldsV1 }],
        },
        spec: { modelCache: { claimName: "other" } },
      }),
    );
    await recorded("ClaimNameSet");
    expect(await items()).toMatchObject([
      {
        source: "Change",
        kind: "InferenceService",
        at: NOW,
        message: 'claimName was set to "other" (was "models-nvme-a").',
        actor: "kubectl-edit",
      },
      { reason: "Created" },
    ]);
  });

  it("tells a removed claim, a new phase and what conditions say now", async () => {
    put(
      "inferenceservices",
      anInferenceService({
        metadata: { resourceVersion: "2" },
        spec: { modelCache: undefined },
        status: { phase: "Failed", conditions: [condition({})] },
      }),
    );
    await recorded("ClaimNameRemoved");
    const byReason = new Map((await items()).map((item) => [item.reason, item]));
    expect(byReason.get("PhaseFailed")).toMatchObject({
      severity: "error",
      message: "Phase is Failed (was Ready).",
    });
    expect(byReason.get("Failed")).toMatchObject({
      severity: "error",
      message: "Condition Degraded is True. claim gone",
    });
    expect(byReason.get("InferenceReady")?.message).toBe("Condition Available was removed.");
  });

  it("says nothing when only status.lastUpdated moves", async () => {
    put(
      "inferenceservices",
      anInferenceService({ metadata: { resourceVersion: "2" }, status: { lastUpdated: NOW } }),
    );
    index.remove("inferenceservices", ["ml/llama"], NOW);
    await recorded("Deleted");
    expect(await reasons()).toEqual(["Created", "Deleted"]);
  });

  it("keeps secrets of a source out of the record", async () => {
    const message = "curl https://user:hunter2@models.example.com/a?token=hunter3 failed";
    put(
      "inferenceservices",
      anInferenceService({
        metadata: { resourceVersion: "2" },
        status: { conditions: [condition({ message })] },
      }),
    );
    put("events", anEvent({ message }));
    await recorded("ModelCachePVCNotFound");
    await recorded("Failed");
    expect(JSON.stringify(await items())).not.toMatch(/hunter[23]/);
  });
});

describe("changes along the chain", () => {
  beforeEach(async () => {
    put("inferenceservices", anInferenceService());
    put("deployments", aDeployment());
    put("pods", aPod());
    await started();
  });

  it("tells which claim the Deployment's template mounts from now on", async () => {
    const mounted = { claimName: "other" };
    const volumes = [{ name: "model-cache", persistentVolumeClaim: mounted }];
    put(
      "deployments",
      aDeployment({
        metadata: { resourceVersion: "2" },
        spec: { template: { spec: { volumes } } },
      }),
    );
    await recorded("ClaimRolledOut");
    expect((await items())[0]?.message).toBe('The template mounts "other" (was "models-nvme-a").');
  });

  it("tells phase, readiness and the end of a download, and that the pod went", async () => {
    const downloader = (state: object) => [aContainerStatus("model-downloader", state)];
    const pod = (resourceVersion: string, status: object) =>
      aPod({ metadata: { name: "llama-1", resourceVersion }, status });
    const unready = [{ type: "Ready", status: "False" }];
    put(
      "pods",
      pod("2", {
        phase: "Pending",
        conditions: unready,
        initContainerStatuses: downloader({ running: {} }),
      }),
    );
    put(
      "pods",
      pod("3", {
        phase: "Pending",
        conditions: unready,
        initContainerStatuses: downloader({ terminated: { exitCode: 0 } }),
      }),
    );
    put("pods", pod("4", { initContainerStatuses: downloader({ terminated: { exitCode: 0 } }) }));
    index.remove("pods", ["ml/llama-1"], NOW);
    await recorded("Deleted");
    expect(await reasons()).toEqual([
      "Created",
      "Deleted",
      "DownloadFinished",
      "PodReady",
      "PodRunning",
    ]);
  });

  it("tells a failed download with its exit code, once per run", async () => {
    const pod = (resourceVersion: string, restartCount: number) =>
      aPod({
        metadata: { resourceVersion },
        status: {
          initContainerStatuses: [
            aContainerStatus(
              "model-downloader",
              { waiting: { reason: "CrashLoopBackOff" } },
              {
                restartCount,
                lastState: { terminated: { exitCode: 22 } },
              },
            ),
          ],
        },
      });
    put("pods", pod("2", 1));
    put("pods", pod("3", 1));
    put("pods", pod("4", 2));
    await vi.waitFor(async () => {
      const failed = (await items()).filter((item) => item.reason === "DownloadFailed");
      expect(failed).toHaveLength(2);
      expect(failed[0]?.message).toContain("exit code 22");
    });
  });

  it("tells every service that uses it when a claim comes, binds and goes", async () => {
    put("inferenceservices", anInferenceService({ metadata: { name: "qwen" } }));
    put("persistentvolumeclaims", aClaim({ status: { phase: "Pending" } }));
    put("persistentvolumeclaims", aClaim({ metadata: { resourceVersion: "2" } }));
    put(
      "persistentvolumeclaims",
      aClaim({ metadata: { resourceVersion: "3", deletionTimestamp: NOW } }),
    );
    index.remove("persistentvolumeclaims", ["ml/models-nvme-a"], NOW);
    await recorded("Deleted");
    for (const name of ["llama", "qwen"]) {
      const claims = (await items({ namespace: "ml", name })).filter(
        (item) => item.kind === "PersistentVolumeClaim",
      );
      expect(claims.map((item) => item.reason).toSorted()).toEqual([
        "ClaimBound",
        "ClaimTerminating",
        "Created",
        "Deleted",
      ]);
    }
  });

  it("tells what becomes of the nodes of its pods and of its volume, and of no other node", async () => {
    put("persistentvolumeclaims", aClaim());
    put("persistentvolumes", aVolume()); // on gpu-1 alone
    for (const name of ["gpu-1", "gpu-2", "gpu-3"]) put("nodes", aNode({ metadata: { name } }));
    put("pods", aPod({ metadata: { resourceVersion: "2" }, spec: { nodeName: "gpu-2" } }));
    for (const name of ["gpu-1", "gpu-2", "gpu-3"])
      put(
        "nodes",
        aNode({
          metadata: { name, resourceVersion: "2" },
          status: { conditions: [{ type: "Ready", status: "Unknown" }] },
        }),
      );
    await recorded("NodeUnknown");
    const nodes = (await items()).filter((item) => item.kind === "Node");
    expect(nodes.map((item) => item.name).toSorted()).toEqual(["gpu-1", "gpu-2"]);
  });

  it("counts no node as its volume's where the volume can be reached from several", async () => {
    put("persistentvolumeclaims", aClaim());
    put("persistentvolumes", aVolume({ spec: { nodeAffinity: zoned("a") } }));
    const inZone = (name: string, over = {}) =>
      aNode({ metadata: { name, labels: { zone: "a" } }, ...over });
    put("nodes", inZone("a-1"));
    put("nodes", inZone("a-2"));
    put("nodes", inZone("a-1", { spec: { unschedulable: true } }));
    put("persistentvolumes", aVolume({ status: { phase: "Released" } }));
    await recorded("VolumeReleased");
    expect(await reasons()).not.toContain("NodeCordoned");
  });

  it("keeps apart two pods of one name", async () => {
    put("pods", aPod({ metadata: { uid: "another", resourceVersion: "7" } }));
    await recorded("Deleted");
    expect(await reasons()).toEqual(["Created", "Deleted"]);
  });

  it("finds at start how a container failed while nobody looked, once", async () => {
    const finishedAt = "2026-03-01T11:30:00.000Z";
    const failed = aContainerStatus("llama-server", { terminated: { exitCode: 1, finishedAt } });
    put("pods", aPod({ metadata: { name: "llama-2" }, status: { containerStatuses: [failed] } }));
    await controller.stop();
    for (let start = 0; start < 2; start += 1) {
      controller = aController();
      controller.start();
      await controller.stop();
    }
    expect((await items()).filter((item) => item.reason === "ContainerFailed")).toMatchObject([
      { at: finishedAt, name: "llama-2", count: 1 },
    ]);
  });

  it("tells the services of a Model its phase", async () => {
    put("models", aModel({ status: { phase: "Pending" } }));
    put("models", aModel({ metadata: { resourceVersion: "2" }, status: { phase: "Failed" } }));
    await recorded("ModelFailed");
  });
});

const zoned = (zone: string) => ({
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "In", values: [zone] }] }],
  },
});

describe("events", () => {
  beforeEach(() => {
    put("inferenceservices", anInferenceService());
    put("deployments", aDeployment());
    put("pods", aPod());
  });

  const about = (kind: string, name: string, reason: string) =>
    anEvent({ involvedObject: { kind, name, namespace: "ml" }, reason });

  it("takes those the cluster still has at start, once, however often it starts", async () => {
    put("events", anEvent());
    await started();
    await recorded("ModelCachePVCNotFound");
    await controller.stop();
    controller = aController();
    controller.start();
    await controller.stop();
    expect((await items()).filter((item) => item.source === "Event")).toMatchObject([
      { kind: "InferenceService", name: "llama", severity: "warning", count: 1 },
    ]);
  });

  it("keeps them when the cluster forgets them", async () => {
    put("events", anEvent());
    await started();
    await recorded("ModelCachePVCNotFound");
    index.remove("events", ["ml/llama.18a1b2c3d4e5f607"], NOW);
    await controller.stop();
    expect(await reasons()).toContain("ModelCachePVCNotFound");
  });

  it("counts repeats that the recorder wrote as new events as one item", async () => {
    const repeat = (nth: number) =>
      anEvent({
        metadata: { name: `llama.${nth}`, uid: `e${nth}` },
        eventTime: `2026-03-01T11:30:0${nth}.000000Z`,
      });
    put("events", repeat(1));
    await started();
    put("events", repeat(2));
    put("events", repeat(3));
    put("events", anEvent({ metadata: { name: "later", uid: "e9" }, eventTime: NOW }));
    await vi.waitFor(async () => {
      const events = (await items()).filter((item) => item.source === "Event");
      expect(events.map((item) => [item.at, item.count])).toEqual([
        [NOW, 1],
        ["2026-03-01T11:30:03.000Z", 3],
      ]);
    });
  });

  it("finds the service of pods, ReplicaSets, Deployments and claims", async () => {
    await started();
    put("events", about("Pod", "llama-6c9d7b5f4-x2x7p", "Pulled"));
    put("events", about("ReplicaSet", "llama-6c9d7b5f4", "SuccessfulCreate"));
    put("events", about("Deployment", "llama", "ScalingReplicaSet"));
    put("events", about("PersistentVolumeClaim", "models-nvme-a", "WaitForFirstConsumer"));
    put("events", about("PersistentVolumeClaim", "somebody-else", "Other"));
    await recorded("WaitForFirstConsumer");
    expect(await reasons()).toEqual([
      "Created",
      "Pulled",
      "ScalingReplicaSet",
      "SuccessfulCreate",
      "WaitForFirstConsumer",
    ]);
  });

  it("keeps an event that comes before its pod, and one that comes after its end", async () => {
    await started();
    put("events", about("Pod", "llama-new", "Scheduled"));
    put("pods", aPod({ metadata: { name: "llama-new" } }));
    await recorded("Scheduled");
    index.remove("pods", ["ml/llama-new"], NOW);
    put("events", about("Pod", "llama-new", "Killing"));
    await recorded("Killing");
  });
});

describe("attachments", () => {
  it("puts each transition on the service's timeline once, with the actor of the request", async () => {
    await started();
    const attachment = anAttachment({
      transitions: [
        { at: NOW, from: null, to: "Pending", reason: "Accepted", message: "asked" },
        {
          at: NOW,
          from: "Pending",
          to: "Blocked",
          reason: "ClaimExists",
          message: "no such claim",
        },
      ],
    });
    controller.recordAttachment(attachment);
    controller.recordAttachment(attachment);
    await recorded("Blocked");
    expect(await items()).toMatchObject([
      { source: "Attachment", reason: "Blocked", severity: "warning", actor: null },
      { source: "Attachment", reason: "Pending", severity: "info", actor: "local" },
    ]);
  });

  it("finds at start what a killed process had stored but not recorded", async () => {
    put("inferenceservices", anInferenceService());
    index.setAttachment(
      anAttachment({
        transitions: [{ at: NOW, from: null, to: "Pending", reason: "Accepted", message: "asked" }],
      }),
    );
    await started();
    expect(await reasons()).toContain("Pending");
  });
});

describe("the time nobody looked", () => {
  beforeEach(() => put("inferenceservices", anInferenceService()));

  it("is said on every service that existed, from the last mark to the start", async () => {
    await marks.recordUntil(new Date("2026-03-01T11:00:00Z"));
    put(
      "inferenceservices",
      anInferenceService({ metadata: { name: "new", creationTimestamp: "2026-03-01T12:00:01Z" } }),
    );
    await started();
    await recorded("NotRecorded");
    expect((await items())[0]).toMatchObject({ source: "Gap", at: NOW, severity: "unknown" });
    expect((await items())[0]?.message).toContain("from 2026-03-01T11:00:00.000Z");
    const ofNew = await items({ namespace: "ml", name: "new" });
    expect(ofNew.map((item) => item.source)).not.toContain("Gap");
  });

  it.each([
    ["the very first start", null],
    ["a restart of some seconds", new Date("2026-03-01T11:59:45Z")],
  ])("is not claimed after %s", async (_case, mark) => {
    if (mark !== null) await marks.recordUntil(mark);
    controller.start();
    await recorded("Created");
    expect(await reasons()).toEqual(["Created"]);
  });

  it("begins where the last process stopped", async () => {
    await started();
    clock.advance(5000);
    await controller.stop();
    expect(await marks.recordedUntil()).toEqual(new Date("2026-03-01T12:00:05Z"));
  });
});
