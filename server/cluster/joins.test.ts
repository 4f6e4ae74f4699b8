import { beforeEach, describe, expect, it } from "vitest";

import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { aClaim, aModel, anInferenceService, aPod, aVolume } from "@/server/testing/builders";
import { gatherServiceFacts } from "./gather-facts";
import { type ChangedKeys, createObjectIndex, type ObjectIndex } from "./object-index";

const AT = "2026-03-01T12:00:00Z";
const AROUND = { now: AT, settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: true };
const FILE = "https://huggingface.co/org/repo/resolve/main/a.gguf";

let index: ObjectIndex;
let told: ChangedKeys[];
beforeEach(() => {
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  told = [];
  index.subscribe((changed) => told.push(changed));
});

const model = (name: string, source: string, namespace = "ml") =>
  aModel({ metadata: { name, namespace }, spec: { source } });
const service = (name: string, modelRef: string, claimName = "c") =>
  anInferenceService({ metadata: { name }, spec: { modelRef, modelCache: { claimName } } });

describe("Models with the same bytes", () => {
  beforeEach(() => {
    index.upsert("models", [model("a", FILE), model("b", `${FILE}?download=true`)], AT);
    index.upsert("models", [model("far", FILE, "other"), model("else", `${FILE}x`)], AT);
    index.upsert("inferenceservices", [service("sa", "a"), service("sb", "b", "d")], AT);
    index.upsert("inferenceservices", [service("other", "else")], AT);
  });

  it("are found within the namespace, with the claims of their services", () => {
    expect(gatherServiceFacts(index, "ml/sa", AROUND)?.likeModels).toEqual([
      { model: model("b", `${FILE}?download=true`), claims: ["d"] },
    ]);
    expect(gatherServiceFacts(index, "ml/other", AROUND)?.likeModels).toEqual([]);
  });

  it.each([
    ["one of them becomes another", () => index.upsert("models", [model("b", "https://x/y")], AT)],
    ["one of them goes", () => index.remove("models", ["ml/b"], AT)],
    [
      "a service of one of them takes another claim",
      () => index.upsert("inferenceservices", [service("sb", "b", "c")], AT),
    ],
  ])("wake each other's services, and no others, when %s", (_name, happen) => {
    happen();
    expect([...(told.at(-1)?.services ?? [])].sort()).toEqual(["ml/sa", "ml/sb"]);
  });

  it("leave each other alone when only a status moves that says nothing about bytes", () => {
    index.upsert(
      "models",
      [aModel({ ...model("b", `${FILE}?download=true`), status: { phase: "Downloading" } })],
      AT,
    );
    expect([...(told.at(-1)?.services ?? [])]).toEqual(["ml/sb"]);
  });
});

const onDisk = (name: string, path: string, options: { node?: string; byHand?: boolean } = {}) =>
  aVolume({
    metadata: {
      name,
      annotations: options.byHand
        ? {}
        : { "pv.kubernetes.io/provisioned-by": "rancher.io/local-path" },
    },
    spec: {
      local: { path },
      claimRef: { namespace: "ml", name: `claim-${name}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                {
                  key: "kubernetes.io/hostname",
                  operator: "In",
                  values: [options.node ?? "gpu-1"],
                },
              ],
            },
          ],
        },
      },
    },
  });

describe("claims on one disk", () => {
  it("are those below one directory that volumes are made in, on one node", () => {
    const volumes = [
      onDisk("a", "/opt/local-path/pvc-a"),
      onDisk("b", "/opt/local-path/pvc-b/"),
      onDisk("other-node", "/opt/local-path/pvc-c", { node: "gpu-2" }),
      onDisk("other-directory", "/mnt/nvme/pvc-d"),
      onDisk("own-disk", "/opt/local-path/disk-1", { byHand: true }),
    ];
    index.upsert("persistentvolumes", volumes, AT);
    index.upsert(
      "persistentvolumeclaims",
      volumes.map(({ metadata: { name } }) =>
        aClaim({ metadata: { name: `claim-${name}` }, spec: { volumeName: name } }),
      ),
      AT,
    );

    expect(index.joins.diskNeighboursOf("ml/claim-a")).toEqual(["ml/claim-b"]);
    expect(index.joins.diskNeighboursOf("ml/claim-own-disk")).toEqual([]);
    expect(index.joins.diskNeighboursOf("ml/unknown")).toEqual([]);
  });
});

describe("a provisioner's helper pod", () => {
  const UID = "0a1b2c3d-0000-4000-8000-0123456789ab";
  const claim = aClaim({ metadata: { uid: UID } });
  const pod = (name: string) =>
    aPod({ metadata: { name, namespace: "local-path-storage", labels: undefined } });

  it("is found by the claim's uid in its name", () => {
    index.upsert("pods", [pod(`helper-pod-create-pvc-${UID}`)], AT);

    expect(index.joins.provisionerPodOf(claim)?.metadata.namespace).toBe("local-path-storage");
  });

  it.each([
    ["it removes a directory", `helper-pod-delete-pvc-${UID}`],
    ["it is for another claim", "helper-pod-create-pvc-ffffffff-0000-4000-8000-0123456789ab"],
    ["it is something else", `llama-pvc-${UID}`],
  ])("is not taken for one when %s", (_name, name) => {
    index.upsert("pods", [pod(name)], AT);

    expect(index.joins.provisionerPodOf(claim)).toBeNull();
  });
});
