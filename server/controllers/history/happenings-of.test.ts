import { describe, expect, it } from "vitest";

import type { IndexChange } from "@/server/cluster/object-index";
import type { Plural } from "@/server/domain/objects";
import {
  aClaim,
  aContainerStatus,
  aDeployment,
  aModel,
  aNode,
  anInferenceService,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { happeningsOf } from "./happenings-of";

type Row = readonly [string, IndexChange["object"], IndexChange["object"], readonly string[]];

/** Reasons of what is told when the first becomes the second. */
const told = (plural: Plural, previous: unknown, object: unknown) =>
  // The pair is of the plural it is given with.
  happeningsOf({ plural, previous, object, type: "modified" } as IndexChange);
const reasons = (plural: Plural, previous: unknown, object: unknown) =>
  told(plural, previous, object).map(({ reason }) => reason);

const ready = (status: string, reason = "Kubelet", message = "") => ({
  status: { conditions: [{ type: "Ready", status, reason, message }] },
});

describe("a node", () => {
  const rows: Row[] = [
    ["that is not ready any more", aNode(), aNode(ready("False")), ["NodeNotReady"]],
    ["that nobody hears from", aNode(), aNode(ready("Unknown")), ["NodeUnknown"]],
    ["that is back", aNode(ready("False")), aNode(), ["NodeReady"]],
    ["that is cordoned", aNode(), aNode({ spec: { unschedulable: true } }), ["NodeCordoned"]],
    ["that is let in", aNode({ spec: { unschedulable: true } }), aNode(), ["NodeUncordoned"]],
    ["whose heartbeat changes the reason", aNode(), aNode(ready("True", "KubeletStillReady")), []],
    [
      "that says it in other words",
      aNode(ready("False", "A", "b")),
      aNode(ready("False", "A", "c")),
      [],
    ],
    [
      "that gets another label and more memory",
      aNode(),
      aNode({ metadata: { labels: { zone: "b" } }, status: { allocatable: { memory: "256Gi" } } }),
      [],
    ],
  ];
  it.each(rows)("%s", (_title, before, after, expected) => {
    expect(reasons("nodes", before, after)).toEqual(expected);
  });
});

describe("a volume", () => {
  const other = { namespace: "ml", name: "other", uid: "other" };
  const rows: Row[] = [
    ["that is let go", aVolume(), aVolume({ status: { phase: "Released" } }), ["VolumeReleased"]],
    ["that fails", aVolume(), aVolume({ status: { phase: "Failed" } }), ["VolumeFailed"]],
    [
      "that is given to another claim",
      aVolume(),
      aVolume({ spec: { claimRef: other } }),
      ["VolumeReserved"],
    ],
    [
      "that is being deleted",
      aVolume(),
      aVolume({ metadata: { deletionTimestamp: "2026-03-01T12:00:00Z" } }),
      ["VolumeTerminating"],
    ],
    ["that is only written again", aVolume(), aVolume({ metadata: { resourceVersion: "9" } }), []],
    ["that gets a label", aVolume(), aVolume({ metadata: { labels: { a: "b" } } }), []],
  ];
  it.each(rows)("%s", (_title, before, after, expected) => {
    expect(reasons("persistentvolumes", before, after)).toEqual(expected);
  });

  it("says why it failed in its own words", () => {
    const failed = aVolume({ status: { phase: "Failed", message: "no such path" } });
    expect(told("persistentvolumes", aVolume(), failed)[0]).toMatchObject({
      message: "The volume is Failed (was Bound). no such path",
      severity: "error",
    });
  });
});

describe("a claim", () => {
  const rows: Row[] = [
    ["that is lost", aClaim(), aClaim({ status: { phase: "Lost" } }), ["ClaimLost"]],
    [
      "that grew",
      aClaim(),
      aClaim({ status: { capacity: { storage: "200Gi" } } }),
      ["ClaimResized"],
    ],
    ["that is annotated", aClaim(), aClaim({ metadata: { annotations: { a: "b" } } }), []],
    [
      "that asks for more, and has not got it yet",
      aClaim(),
      aClaim({ spec: { resources: { requests: { storage: "200Gi" } } } }),
      [],
    ],
  ];
  it.each(rows)("%s", (_title, before, after, expected) => {
    expect(reasons("persistentvolumeclaims", before, after)).toEqual(expected);
  });
});

describe("a Deployment", () => {
  const revision = (nth: string) => ({
    metadata: { annotations: { "deployment.kubernetes.io/revision": nth } },
  });
  const progressing = (reason: string, lastUpdateTime = "2026-03-01T12:00:00Z") => ({
    status: { conditions: [{ type: "Progressing", status: "True", reason, lastUpdateTime }] },
  });
  const rows: Row[] = [
    [
      "with a new revision",
      aDeployment(revision("1")),
      aDeployment(revision("2")),
      ["RolloutStarted"],
    ],
    [
      "whose rollout is complete",
      aDeployment(progressing("ReplicaSetUpdated")),
      aDeployment(progressing("NewReplicaSetAvailable")),
      ["RolloutComplete"],
    ],
    [
      "whose rollout is stuck",
      aDeployment(progressing("ReplicaSetUpdated")),
      aDeployment(progressing("ProgressDeadlineExceeded")),
      ["RolloutStuck"],
    ],
    ["that is scaled", aDeployment(), aDeployment({ spec: { replicas: 3 } }), ["Scaled"]],
    [
      "whose rollout only got on",
      aDeployment(progressing("NewReplicaSetCreated")),
      aDeployment(progressing("ReplicaSetUpdated")),
      [],
    ],
    [
      "whose condition was only written again",
      aDeployment(progressing("NewReplicaSetAvailable")),
      aDeployment(progressing("NewReplicaSetAvailable", "2026-03-01T12:05:00Z")),
      [],
    ],
  ];
  it.each(rows)("%s", (_title, before, after, expected) => {
    expect(reasons("deployments", before, after)).toEqual(expected);
  });
});

describe("a container", () => {
  const finishedAt = "2026-03-01T11:58:00Z";
  const server = (ended: object, restartCount = 0) =>
    aPod({
      status: {
        containerStatuses: [
          aContainerStatus(
            "llama-server",
            { terminated: { exitCode: 0, finishedAt, ...ended } },
            { restartCount },
          ),
        ],
      },
    });
  const again = (ended: object, restartCount: number) =>
    aPod({
      status: {
        containerStatuses: [
          aContainerStatus(
            "llama-server",
            { running: {} },
            { restartCount, lastState: { terminated: { exitCode: 0, finishedAt, ...ended } } },
          ),
        ],
      },
    });
  const oom = { exitCode: 137, reason: "OOMKilled" };

  it("that ends is told with its code, its reason, its last line and its own time", () => {
    const ended = server({ ...oom, message: "loading\ncudaMalloc failed: out of memory\n" });
    expect(told("pods", aPod(), ended)).toMatchObject([
      {
        reason: "OOMKilled",
        at: finishedAt,
        severity: "error",
        message:
          "llama-server ended with exit code 137 (OOMKilled). Its last words: cudaMalloc failed: out of memory",
      },
    ]);
  });

  it.each([
    [{ exitCode: 1, reason: "Error" }, "llama-server ended with exit code 1."],
    [{ exitCode: 137, reason: "Error" }, "llama-server ended with exit code 137 (SIGKILL)."],
    [
      { exitCode: 128, reason: "StartError" },
      "llama-server ended with exit code 128 (StartError).",
    ],
    [{ exitCode: 0, reason: "Completed" }, "llama-server finished."],
  ])("that ended %j is told as: %s", (ended, message) => {
    expect(told("pods", aPod(), server(ended)).map((happening) => happening.message)).toEqual([
      message,
    ]);
  });

  it("has one key for an end, seen as the present state, as the last one, or at the start of Mooring", () => {
    const [now] = told("pods", aPod(), server(oom));
    const [later] = told("pods", aPod(), again(oom, 1));
    const [atStart] = happeningsOf({
      plural: "pods",
      object: again(oom, 1),
      previous: null,
      type: "added",
    });
    expect(now?.once).toBe(true);
    expect([later?.field, atStart?.field]).toEqual([now?.field, now?.field]);
  });

  it("that came back is not told again, and a second end is another one", () => {
    expect(reasons("pods", server(oom), again(oom, 1))).not.toContain("OOMKilled");
    const [first] = told("pods", aPod(), again(oom, 1));
    const [second] = told("pods", again(oom, 1), again(oom, 2));
    expect(second?.field).not.toBe(first?.field);
  });

  it("that finished before Mooring looked is not news; one that failed is", () => {
    const atStart = (object: ReturnType<typeof aPod>) =>
      happeningsOf({ plural: "pods", object, previous: null, type: "added" });
    expect(atStart(server({}))).toEqual([]);
    expect(atStart(server({ exitCode: 1 })).map(({ reason }) => reason)).toEqual([
      "ContainerFailed",
    ]);
  });
});

describe("a service and its Model", () => {
  const rows: readonly (readonly [string, Plural, unknown, unknown, readonly string[]])[] = [
    [
      "whose persistence changes",
      "inferenceservices",
      anInferenceService(),
      anInferenceService({ spec: { modelCache: { persistence: "Ephemeral" } } }),
      ["PersistenceSet"],
    ],
    [
      "that is only resynced",
      "inferenceservices",
      anInferenceService(),
      anInferenceService({ metadata: { resourceVersion: "2" }, status: { lastUpdated: "x" } }),
      [],
    ],
    [
      "with another key",
      "models",
      aModel({ status: { cacheKey: "old" } }),
      aModel({ status: { cacheKey: "new" } }),
      ["CacheKeyChanged"],
    ],
    [
      "with the first key",
      "models",
      aModel({ status: { cacheKey: undefined } }),
      aModel({ status: { cacheKey: "new" } }),
      [],
    ],
  ];
  it.each(rows)("%s", (_title, plural, before, after, expected) => {
    expect(reasons(plural, before, after)).toEqual(expected);
  });
});
