import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { aModel, anInferenceService, aNode, aStorageClass } from "@/server/testing/builders";
import { aServiceFacts, aSurroundings } from "@/server/testing/facts";
import type { ServiceFacts, Surroundings } from "../facts";
import { suggestClaim } from "./suggest-claim";

const around = (change: Partial<Surroundings>): Partial<ServiceFacts> => ({
  surroundings: aSurroundings(change),
});
const aClass = (name: string, provisioner: string, mode = "Immediate") =>
  aStorageClass({ metadata: { name }, provisioner, volumeBindingMode: mode });
const suggest = (change: Partial<ServiceFacts> = {}, taken: readonly string[] = []) =>
  suggestClaim(aServiceFacts({ pods: [], ...change }), new Set(taken));

describe("suggestClaim", () => {
  it("has room for the model and a fifth more, and is made where the pod lands", () => {
    const suggestion = suggest();

    expect(parse(suggestion?.yaml ?? "")).toEqual({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "llama-models", namespace: "ml" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "local-nvme",
        resources: { requests: { storage: "6Gi" } },
      },
    });
    expect(suggestion?.sentence).toContain(
      "Its volume is made where the first pod lands, on gpu-1.",
    );
    expect(suggestion?.sentence).toContain("Mooring does not create it");
  });

  it.each<[string, Partial<ServiceFacts>]>([
    ["the size of the model is not known", { model: aModel({ status: { size: "0" } }) }],
    ["classes may not be listed", around({ invisible: new Set(["storageclasses"] as const) })],
    ["there is no class", around({ storageClasses: [] })],
    [
      "the only class makes no volumes",
      around({ storageClasses: [aClass("manual", "kubernetes.io/no-provisioner")] }),
    ],
    ["no node can run the service", around({ nodes: [aNode({ spec: { unschedulable: true } })] })],
    [
      "the service would not use any claim",
      { service: anInferenceService({ spec: { modelRef: "gone" } }), model: null },
    ],
  ])("is none when %s", (_name, change) => {
    expect(suggest(change)).toBeNull();
  });

  it("takes a name that no claim has", () => {
    const yaml = suggest({}, ["llama-models", "llama-models-2"])?.yaml ?? "";

    expect(parse(yaml)).toMatchObject({ metadata: { name: "llama-models-3" } });
  });

  it.each<[string, string, string]>([
    ["a class that follows the pod", "local-nvme", "ReadWriteOnce"],
    ["the default class among those that bind at once", "default", "ReadWriteOnce"],
  ])("prefers %s", (_name, expected, mode) => {
    const follows = aStorageClass();
    const isDefault = aStorageClass({
      metadata: {
        name: "default",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "ebs.csi.aws.com",
      volumeBindingMode: "Immediate",
    });
    const others = [aClass("a-network", "disk.csi.example.com"), isDefault];
    const storageClasses = expected === "default" ? others : [...others, follows];

    expect(parse(suggest(around({ storageClasses }))?.yaml ?? "")).toMatchObject({
      spec: { storageClassName: expected, accessModes: [mode] },
    });
  });

  it("asks for a claim of several nodes where several replicas may land on several", () => {
    const service = anInferenceService({ spec: { replicas: 2 } });
    const nodes = [aNode(), aNode({ metadata: { name: "gpu-2" } })];
    const storageClasses = [aStorageClass(), aClass("shared", "nfs.csi.k8s.io")];

    expect(
      parse(suggest({ service, ...around({ nodes, storageClasses }) })?.yaml ?? ""),
    ).toMatchObject({ spec: { storageClassName: "shared", accessModes: ["ReadWriteMany"] } });
  });
});
