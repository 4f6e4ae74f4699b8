import { describe, expect, it } from "vitest";

import { claimDetailSchema, claimViewSchema } from "@/server/contract/claim-view";
import {
  aClaim,
  aModel,
  anInferenceService,
  aNode,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aSurroundings, invisible } from "@/server/testing/facts";
import { buildClaimDetail } from "./claim-detail";
import { buildClaimView, ownershipOf } from "./claim-view";
import { compareRows } from "./compare-rows";
import { volumeSource } from "./volume-source";

const GIB = 1024 ** 3;
const use = (how: "declared" | "mounted", name = "llama") => ({
  service: anInferenceService({ metadata: { name } }),
  model: aModel(),
  how,
});

describe("buildClaimView", () => {
  it("shows a claim in use", () => {
    const notOurs = aPod({ metadata: { name: "backup", labels: undefined } });
    const view = buildClaimView(
      aClaimFacts({ uses: [use("mounted"), use("declared")], pods: [aPod(), notOurs] }),
    );

    expect(claimViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      phase: "Bound",
      terminating: false,
      requestedBytes: 100 * GIB,
      capacityBytes: 100 * GIB,
      storageClass: { name: "local-nvme", bindingMode: "WaitForFirstConsumer", expandable: false },
      volumeName: "pv-models-nvme-a",
      volumeKind: "Local",
      nodeNames: ["gpu-1"],
      ownership: "User",
      usage: null,
      usedBy: {
        services: [
          { namespace: "ml", name: "llama", how: "declared" },
          { namespace: "ml", name: "llama", how: "mounted" },
        ],
        pods: ["llama-6c9d7b5f4-x2x7p"],
        otherPods: ["backup"],
      },
      models: ["llama-3-8b"],
      severity: "ok",
      findings: [],
    });
  });

  it("leaves what an unbound claim does not have null, never zero", () => {
    const claim = aClaim({
      spec: { volumeName: undefined, storageClassName: undefined },
      status: { phase: "Pending", capacity: undefined },
    });

    expect(buildClaimView(aClaimFacts({ claim, volume: null, storageClass: null }))).toMatchObject({
      capacityBytes: null,
      storageClass: null,
      volumeName: null,
      volumeKind: null,
      nodeNames: null,
    });
  });

  it("keeps the name of a class that may not be read", () => {
    expect(buildClaimView(aClaimFacts({ storageClass: null })).storageClass).toEqual({
      name: "local-nvme",
      provisioner: null,
      bindingMode: null,
      reclaimPolicy: null,
      expandable: null,
    });
  });

  it("is unknown while its volume may not be seen", () => {
    const surroundings = invisible("persistentvolumes");

    expect(buildClaimView(aClaimFacts({ volume: null, surroundings })).severity).toBe("unknown");
  });

  it("reads the node from the volume while nodes may not be listed", () => {
    const surroundings = aSurroundings({ nodes: [], invisible: new Set(["nodes"] as const) });

    expect(buildClaimView(aClaimFacts({ surroundings })).nodeNames).toEqual(["gpu-1"]);
  });

  it("names every node that reaches the volume", () => {
    const volume = aVolume({
      spec: {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }],
              },
            ],
          },
        },
      },
    });
    const surroundings = aSurroundings({ nodes: [aNode({ metadata: { name: "b" } }), aNode()] });

    expect(buildClaimView(aClaimFacts({ volume, surroundings })).nodeNames).toEqual(["b", "gpu-1"]);
  });
});

describe("ownershipOf", () => {
  const ownedBy = (kind: string) =>
    aClaim({
      metadata: {
        ownerReferences: [{ apiVersion: "v1", kind, name: "x", uid: "u", controller: true }],
      },
    });
  const stranger = aPod({ metadata: { name: "db-0", labels: undefined } });

  it.each([
    [
      "the shared cache",
      { claim: aClaim({ metadata: { name: "llmkube-model-cache" } }) },
      "OperatorShared",
    ],
    ["a service's own cache", { claim: ownedBy("InferenceService") }, "OperatorPerService"],
    ["a claim a service names", { uses: [use("declared")] }, "User"],
    ["a claim nobody uses", {}, "User"],
    ["a claim of a StatefulSet", { claim: ownedBy("StatefulSet") }, "Other"],
    ["a claim only other workloads mount", { pods: [stranger] }, "Other"],
  ])("tells %s", (_name, overrides, ownership) => {
    expect(ownershipOf(aClaimFacts(overrides))).toBe(ownership);
  });
});

describe("buildClaimDetail", () => {
  it("adds the volume and the YAML", () => {
    const detail = buildClaimDetail(aClaimFacts());

    expect(claimDetailSchema.parse(detail)).toEqual(detail);
    expect(detail.volume).toEqual({
      name: "pv-models-nvme-a",
      phase: "Bound",
      reclaimPolicy: "Retain",
      nodeAffinity: "kubernetes.io/hostname In (gpu-1)",
      source: "local /mnt/nvme/models",
    });
    expect(detail.yaml).toContain("kind: PersistentVolumeClaim");
  });
});

describe("volumeSource", () => {
  it.each([
    [
      { local: undefined, nfs: { server: "s", path: "/p" } },
      { kind: "NFS", text: "nfs s:/p" },
    ],
    [
      { local: undefined, hostPath: { path: "/d" } },
      { kind: "HostPath", text: "host path /d" },
    ],
    [
      { local: undefined, csi: { driver: "d", volumeHandle: "h" } },
      { kind: "CSI", text: "csi d h" },
    ],
    [
      { local: undefined, cephfs: { monitors: [] } },
      { kind: "CephFS", text: "CephFS" },
    ],
    [{ local: undefined }, { kind: "unknown", text: "unknown" }],
  ])("names %j", (spec, source) => {
    expect(volumeSource(aVolume({ spec }))).toEqual(source);
  });
});

describe("compareRows", () => {
  it("puts the worst first, then goes by name", () => {
    const row = (severity: "error" | "info" | "ok", name: string) => ({
      namespace: "ml",
      name,
      severity,
    });
    const rows = [row("ok", "a"), row("info", "c"), row("error", "z"), row("info", "b")];

    expect(rows.sort(compareRows).map(({ name }) => name)).toEqual(["z", "b", "c", "a"]);
  });
});
