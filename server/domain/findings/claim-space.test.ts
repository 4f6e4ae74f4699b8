import { describe, expect, it } from "vitest";

import type { ClaimFacts, ServiceFacts } from "../facts";
import {
  aClaim,
  aModel,
  anInferenceService,
  aNode,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { bytesToBring, spaceOf } from "../space";
import { claimSpaceTight, claimSpaceTightForService, claimTooSmall } from "./claim-space";
import { claimFindings, serviceFindings } from "./find";
import { nodeDiskPressure } from "./node-disk-pressure";

const GIB = 1024 ** 3;
const HELD_AT = "2026-03-01T11:20:00Z";

/** Network storage that holds a claim to its size. */
const limited = aVolume({
  spec: { local: undefined, csi: { driver: "ceph", volumeHandle: "x" }, nodeAffinity: undefined },
});
const sized = (storage: string) =>
  aClaim({ spec: { resources: { requests: { storage } } }, status: { capacity: { storage } } });
const model = (size: string, name = "llama-3-8b", source = `https://h/${name}.gguf`) =>
  aModel({ metadata: { name }, spec: { source }, status: { size } });
const claimOf = (storage: string, change: Partial<ClaimFacts> = {}) =>
  aClaimFacts({ claim: sized(storage), volume: limited, ...change });
/** The service does not run yet. */
const starting = (claimFacts: ClaimFacts, change: Partial<ServiceFacts> = {}) =>
  aServiceFacts({
    model: model("40 GiB"),
    pods: [],
    claims: new Map([["models-nvme-a", claimFacts]]),
    ...change,
  });
/** Another service has brought that Model. */
const runs = (gib: number, name: string) => brought(`key-${name}`, gib * GIB, name);
const brought = (key: string, bytes: number | null, name: string | null = null) => ({
  key,
  model: name,
  bytes,
  at: HELD_AT,
});

describe("claimTooSmall", () => {
  it("says what is needed and what there is", () => {
    expect(claimTooSmall(starting(claimOf("10Gi")))).toMatchObject({
      code: "ClaimTooSmall",
      severity: "error",
      message:
        'Claim "models-nvme-a" is too small: Model llama-3-8b needs 40.0 GiB, the claim has 10.0 GiB in all.',
      evidence: [
        { kind: "Model", field: "status.size", value: "40 GiB" },
        { kind: "PersistentVolumeClaim", field: "status.capacity.storage", value: "10Gi" },
      ],
      actions: [{ type: "AttachClaim" }],
    });
  });

  it("is a warning where a directory of the node's disk may outgrow the claim, and names who shares it", () => {
    const other = aClaimFacts({ claim: aClaim({ metadata: { name: "beside" } }) });
    const far = aClaimFacts({ claim: aClaim({ metadata: { name: "secret", namespace: "x" } }) });
    const facts = starting(claimOf("10Gi", { volume: aVolume(), diskNeighbours: [other, far] }));

    expect(claimTooSmall(facts)).toMatchObject({
      severity: "warning",
      message: expect.stringContaining(
        "it fills the disk of node gpu-1, which it shares with beside and 1 claim of other namespaces.",
      ) as string,
    });
    expect(claimTooSmall(facts)?.message).not.toContain("secret");
  });

  it("counts the draft model that is kept there as well", () => {
    const facts = starting(claimOf("45Gi"), {
      service: anInferenceService({
        spec: { speculativeDecoding: { type: "draft", draftModelRef: "small" } },
      }),
      draftModel: model("8 GiB", "small"),
    });

    expect(claimTooSmall(facts)?.message).toContain("Models llama-3-8b and small need 48.0 GiB");
  });

  const unbound = claimOf("10Gi", {
    claim: aClaim({
      spec: { volumeName: undefined, resources: { requests: { storage: "10Gi" } } },
      status: { phase: "Pending", capacity: undefined },
    }),
    volume: null,
  });
  it("is a warning before a volume is there, which may come out larger", () => {
    expect(claimTooSmall(starting(unbound))).toMatchObject({ severity: "warning" });
  });

  it.each([
    ["it fits exactly", starting(claimOf("40Gi"))],
    ["a pod serves from it: it evidently fits", starting(claimOf("10Gi"), { pods: [aPod()] })],
    [
      "the model is there already",
      starting(claimOf("10Gi", { held: [brought(keyOfModel(), null)] })),
    ],
    ["the model's size is not known", starting(claimOf("10Gi"), { model: model("0") })],
    [
      "the size is that of an edited source",
      starting(claimOf("10Gi"), {
        model: aModel({
          spec: { source: "https://h/new.gguf" },
          status: { size: "40 GiB", cacheKey: "old" },
        }),
      }),
    ],
    [
      "the claim does not say how large it is",
      starting(
        claimOf("10Gi", {
          claim: aClaim({ spec: { resources: undefined }, status: { capacity: undefined } }),
        }),
      ),
    ],
    [
      "the weights are staged beforehand",
      starting(claimOf("10Gi"), {
        model: aModel({
          spec: { source: "pvc://models-nvme-a/a.gguf" },
          status: { size: "40 GiB" },
        }),
      }),
    ],
    [
      "the weights go to scratch space",
      starting(claimOf("10Gi"), {
        service: anInferenceService({
          spec: { modelCache: { claimName: "models-nvme-a", persistence: "Ephemeral" } },
        }),
      }),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(claimTooSmall(facts)).toBeNull();
  });
});

function keyOfModel(): string {
  return model("1 GiB").status?.cacheKey ?? "";
}

describe("claimSpaceTight of a service", () => {
  it("says what is known to be taken, by whom, and what is to come", () => {
    const facts = starting(claimOf("100Gi", { held: [runs(30, "a"), runs(35, "b")] }));

    expect(claimSpaceTightForService(facts)).toMatchObject({
      code: "ClaimSpaceTight",
      severity: "warning",
      message:
        'Claim "models-nvme-a" has no room for Model llama-3-8b: at least 65.0 GiB of 100.0 GiB are taken by a and b, and 40.0 GiB are to come.',
    });
  });

  it("remembers what services brought that are gone, and says what it does not know", () => {
    const held = [brought("k1", 70 * GIB, "gone"), brought("k2", null)];
    const finding = claimSpaceTightForService(starting(claimOf("100Gi", { held })));

    expect(finding?.message).toContain("taken by gone, and 1 more of unknown size");
    expect(finding?.evidence).toContainEqual(
      expect.objectContaining({
        field: "directory k1",
        value: "gone, 70.0 GiB",
        observedAt: HELD_AT,
      }),
    );
  });

  it("is only info where nothing holds the claim to its size", () => {
    const facts = starting(claimOf("100Gi", { volume: aVolume(), held: [runs(70, "a")] }));

    expect(claimSpaceTightForService(facts)).toMatchObject({ severity: "info" });
  });

  it.each([
    ["it fits beside what is known", starting(claimOf("100Gi", { held: [runs(60, "a")] }))],
    [
      "two services run one Model, which is there once",
      starting(claimOf("100Gi", { held: [runs(35, "a"), runs(35, "a")] })),
    ],
    [
      "nothing is known of what is there",
      starting(claimOf("41Gi", { held: [brought("k", null)] })),
    ],
    [
      "others only mean to bring theirs",
      starting(
        claimOf("100Gi", {
          uses: [
            {
              service: anInferenceService({ metadata: { name: "x" }, status: { phase: "Ready" } }),
              model: model("70 GiB", "a"),
              how: "declared",
            },
          ],
        }),
      ),
    ],
    [
      "the model does not fit at all, which is another finding",
      starting(claimOf("10Gi", { held: [runs(5, "a")] })),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(claimSpaceTightForService(facts)).toBeNull();
  });
});

describe("claimSpaceTight of a claim", () => {
  const full = { held: [runs(95, "a")], pods: [aPod()] };

  it("says what is known to be taken, and how to measure it", () => {
    expect(claimSpaceTight(claimOf("100Gi", full))).toMatchObject({
      severity: "warning",
      message:
        'Claim "models-nvme-a" is nearly full: at least 95.0 GiB of 100.0 GiB are taken by a.',
      actions: [
        {
          type: "CopyCommand",
          command: "kubectl exec -n ml llama-6c9d7b5f4-x2x7p -c llama-server -- df -h /models",
        },
      ],
    });
  });

  it.each([
    ["info on a node's disk that has room", "100Gi", "info"],
    ["a warning on a node's disk when it holds more than its size", "90Gi", "warning"],
  ])("is %s", (_name, size, severity) => {
    expect(claimSpaceTight(claimOf(size, { ...full, volume: aVolume() }))).toMatchObject({
      severity,
    });
  });

  it.each([
    ["a tenth is left", claimOf("110Gi", full)],
    ["nothing is known", claimOf("100Gi")],
  ])("is silent when %s", (_name, facts) => {
    expect(claimSpaceTight(facts)).toBeNull();
  });

  it("is shown on the claim, and on a service that finds no room, each once", () => {
    const claimFacts = claimOf("100Gi", { held: [runs(95, "a")] });
    const codes = (findings: readonly { readonly code: string }[]) =>
      findings.filter(({ code }) => code === "ClaimSpaceTight");

    expect(codes(claimFindings(claimFacts))).toHaveLength(1);
    expect(codes(serviceFindings(starting(claimFacts)))).toHaveLength(1);
    expect(codes(serviceFindings(aServiceFacts()))).toHaveLength(0);
  });
});

describe("spaceOf", () => {
  it("never takes unknown for empty", () => {
    expect(spaceOf(claimOf("100Gi"))).toMatchObject({ held: [], atLeastBytes: null });
    expect(
      bytesToBring(starting(claimOf("100Gi"), { model: model("0") }), claimOf("100Gi")),
    ).toBeNull();
  });
});

describe("nodeDiskPressure", () => {
  const pressed = (status: string) =>
    aSurroundings({
      nodes: [
        aNode({
          status: {
            conditions: [
              { type: "Ready", status: "True" },
              {
                type: "DiskPressure",
                status,
                reason: "KubeletHasDiskPressure",
                message: "kubelet has disk pressure",
                lastTransitionTime: HELD_AT,
              },
            ],
          },
        }),
      ],
    });

  it("names the node, who lies beside it and what they are known to hold", () => {
    const beside = aClaimFacts({
      claim: aClaim({ metadata: { name: "beside" } }),
      held: [runs(30, "a")],
    });
    const facts = aClaimFacts({ surroundings: pressed("True"), diskNeighbours: [beside] });

    expect(nodeDiskPressure(facts)).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("Beside it: beside (at least 30.0 GiB).") as string,
      since: HELD_AT,
      evidence: [
        { kind: "Node", name: "gpu-1", value: "True: kubelet has disk pressure" },
        { kind: "PersistentVolume", field: "spec.local.path", value: "/mnt/nvme/models" },
      ],
    });
  });

  it.each([
    ["the node has space", aClaimFacts({ surroundings: pressed("False") })],
    [
      "the volume is not on a node",
      aClaimFacts({ volume: limited, surroundings: pressed("True") }),
    ],
    ["there is no volume", aClaimFacts({ volume: null, surroundings: pressed("True") })],
    ["the node is not known", aClaimFacts({ surroundings: aSurroundings({ nodes: [] }) })],
  ])("is silent when %s", (_name, facts) => {
    expect(nodeDiskPressure(facts)).toBeNull();
  });
});
