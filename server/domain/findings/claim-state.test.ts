import { describe, expect, it } from "vitest";

import {
  aClaim,
  anEvent,
  anInferenceService,
  aPod,
  aStorageClass,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, invisible } from "@/server/testing/facts";
import { claimLost } from "./claim-lost";
import { claimPending } from "./claim-pending";
import { claimTerminating } from "./claim-terminating";
import { claimFindings, serviceFindings } from "./find";
import { unbindableModelCache } from "./unbindable-model-cache";

const DELETED = "2026-03-01T11:50:00Z";

describe("claimTerminating", () => {
  it("says since when, and who still holds it", () => {
    const finding = claimTerminating(
      aClaimFacts({ claim: aClaim({ metadata: { deletionTimestamp: DELETED } }), pods: [aPod()] }),
    );

    expect(finding).toMatchObject({ severity: "error", since: DELETED });
    expect(finding?.message).toContain("llama-6c9d7b5f4-x2x7p");
  });

  it("is silent about a living claim", () => {
    expect(claimTerminating(aClaimFacts())).toBeNull();
  });

  it("is told at the service that is served from the claim, and not at others", () => {
    const claim = aClaim({ metadata: { deletionTimestamp: DELETED } });
    const claims = new Map([["models-nvme-a", aClaimFacts({ claim })]]);
    const other = anInferenceService({ spec: { modelCache: undefined } });

    expect(serviceFindings(aServiceFacts({ claims })).map(({ code }) => code)).toEqual([
      "ClaimTerminating",
    ]);
    expect(
      serviceFindings(aServiceFacts({ claims, service: other, deployment: null, pods: [] })),
    ).toEqual([]);
  });
});

describe("claimLost", () => {
  it("names the volume that is gone", () => {
    const facts = aClaimFacts({ claim: aClaim({ status: { phase: "Lost" } }), volume: null });

    expect(claimLost(facts)).toMatchObject({
      severity: "error",
      message:
        'Claim "models-nvme-a" has lost its volume "pv-models-nvme-a", which no longer exists.',
    });
  });

  it.each([["Bound"], ["Pending"]])("is silent about a %s claim", (phase) => {
    expect(claimLost(aClaimFacts({ claim: aClaim({ status: { phase } }) }))).toBeNull();
  });
});

const pending = (spec: object = {}, metadata: object = {}) =>
  aClaim({
    metadata,
    spec: { volumeName: undefined, ...spec },
    status: { phase: "Pending", capacity: undefined },
  });
const immediate = (provisioner = "csi.example.com") =>
  aStorageClass({ provisioner, volumeBindingMode: "Immediate" });
const unscheduled = (message: string) =>
  aPod({
    spec: { nodeName: undefined },
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
    },
  });

describe("claimPending", () => {
  it.each([
    [
      "waits for its first pod",
      aClaimFacts({ claim: pending(), volume: null }),
      "info",
      /waits for the first pod/u,
    ],
    [
      "waits for its pod to be given a node",
      aClaimFacts({
        claim: pending(),
        volume: null,
        pods: [unscheduled("0/3 nodes are available")],
      }),
      "info",
      /given a node/u,
    ],
    [
      "was made a moment ago",
      aClaimFacts({
        claim: pending({}, { creationTimestamp: "2026-03-01T11:59:00Z" }),
        storageClass: immediate(),
        volume: null,
      }),
      "info",
      /is making one/u,
    ],
    [
      "has waited long for its provisioner",
      aClaimFacts({ claim: pending(), storageClass: immediate(), volume: null }),
      "warning",
      /has not made one yet/u,
    ],
    [
      "has a node but no volume",
      aClaimFacts({
        claim: pending({}, { annotations: { "volume.kubernetes.io/selected-node": "gpu-1" } }),
        volume: null,
      }),
      "warning",
      /has not made one yet for node "gpu-1"/u,
    ],
    [
      "has no class",
      aClaimFacts({ claim: pending({ storageClassName: undefined }), storageClass: null }),
      "error",
      /names no storage class/u,
    ],
    [
      "asks for a volume that does not take it",
      aClaimFacts({
        claim: pending({ storageClassName: "", volumeName: "pv-x" }),
        storageClass: null,
      }),
      "error",
      /asks for volume "pv-x"/u,
    ],
    [
      "names a class that does not exist",
      aClaimFacts({ claim: pending(), storageClass: null }),
      "error",
      /storage class "local-nvme" does not exist/u,
    ],
    [
      "needs a volume that nobody makes",
      aClaimFacts({ claim: pending(), storageClass: immediate("kubernetes.io/no-provisioner") }),
      "error",
      /the class makes none/u,
    ],
    [
      "finds no volume for its first pod",
      aClaimFacts({
        claim: pending(),
        pods: [
          unscheduled(
            "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.",
          ),
        ],
      }),
      "error",
      /no free volume of its class/u,
    ],
  ] as const)("tells a claim that %s apart", (_name, facts, severity, wording) => {
    const finding = claimPending(facts);

    expect(finding).toMatchObject({ code: "ClaimPending", severity });
    expect(finding?.message).toMatch(wording);
  });

  it("passes on what the provisioner reports, whatever the binding mode", () => {
    const event = anEvent({
      reason: "ProvisioningFailed",
      message: "rpc error: no space in pool",
      involvedObject: { kind: "PersistentVolumeClaim", name: "models-nvme-a" },
    });
    const finding = claimPending(aClaimFacts({ claim: pending(), events: [event] }));

    expect(finding).toMatchObject({ severity: "error", since: "2026-03-01T11:30:00.000000Z" });
    expect(finding?.evidence.at(-1)).toMatchObject({
      kind: "PersistentVolumeClaim",
      name: "models-nvme-a",
      value: "rpc error: no space in pool",
    });
  });

  it("does not call a class missing that may not be read", () => {
    const surroundings = invisible("storageclasses");
    const finding = claimPending(
      aClaimFacts({ claim: pending(), storageClass: null, surroundings }),
    );

    expect(finding?.severity).toBe("warning");
    expect(finding?.message).not.toContain("does not exist");
  });

  it.each([
    ["bound", aClaimFacts()],
    ["lost", aClaimFacts({ claim: aClaim({ status: { phase: "Lost" } }) })],
    ["being deleted", aClaimFacts({ claim: pending({}, { deletionTimestamp: DELETED }) })],
  ])("is silent about a claim that is %s", (_name, facts) => {
    expect(claimPending(facts)).toBeNull();
  });
});

const affinityTo = (...values: readonly string[]) =>
  aVolume({
    spec: {
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values }] },
          ],
        },
      },
    },
  });

describe("unbindableModelCache", () => {
  it.each([
    ["no", []],
    ["a blank", [""]],
  ] as const)("fires for %s node name", (_name, values) => {
    const finding = unbindableModelCache(aClaimFacts({ volume: affinityTo(...values) }));

    expect(finding).toMatchObject({ code: "UnbindableModelCache", severity: "error" });
    expect(finding?.message).toContain('"pv-models-nvme-a"');
  });

  it.each([
    ["a genuinely pinned volume", aClaimFacts()],
    ["a volume pinned to a node that is gone", aClaimFacts({ volume: affinityTo("gone") })],
    [
      "a volume without affinity",
      aClaimFacts({ volume: aVolume({ spec: { nodeAffinity: undefined } }) }),
    ],
    ["an unbound claim", aClaimFacts({ volume: null })],
    ["a claim that pods run with", aClaimFacts({ volume: affinityTo(""), pods: [aPod()] })],
  ])("is silent about %s", (_name, facts) => {
    expect(unbindableModelCache(facts)).toBeNull();
  });
});

describe("claimFindings", () => {
  it("says nothing about a healthy claim", () => {
    expect(claimFindings(aClaimFacts({ pods: [aPod()] }))).toEqual([]);
  });
});
