import { beforeEach, describe, expect, it } from "vitest";

import { serviceFindings } from "@/server/domain/findings/find";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { aClaim, aContainerStatus, anInferenceService, aPod } from "@/server/testing/builders";
import { gatherServiceFacts } from "./gather-facts";
import { createObjectIndex, type ObjectIndex } from "./object-index";

const SERVICE = "ml/llama";
const POD = "ml/llama-6c9d7b5f4-x2x7p";
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();

let index: ObjectIndex;
beforeEach(() => {
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
});

const written = (generation: number, claimName?: string, manager = "flux") =>
  anInferenceService({
    metadata: {
      generation,
      managedFields:
        claimName === undefined
          ? undefined
          : [
              {
                manager,
                operation: "Apply",
                time: at(0),
                fieldsV1: { "f:spec": { "f:modelCache": { "f:claimName": {} } } },
              },
            ],
    },
    spec: { modelCache: claimName === undefined ? undefined : { claimName } },
  });

describe("a service's generations", () => {
  it("are remembered with who set the claim, each once, oldest first", () => {
    index.upsert("inferenceservices", [written(1, "a")], at(1));
    index.upsert("inferenceservices", [written(1, "a")], at(2));
    index.upsert("inferenceservices", [written(2)], at(3));

    expect(index.remembered.writesOf(SERVICE)).toEqual([
      { generation: 1, at: at(1), claimName: "a", manager: "flux" },
      { generation: 2, at: at(3), claimName: null, manager: null },
    ]);
  });

  it("are bounded in number and age", () => {
    for (let generation = 1; generation <= 200; generation += 1) {
      index.upsert("inferenceservices", [written(generation, "a")], at(1));
    }
    expect(index.remembered.writesOf(SERVICE)).toHaveLength(64);
    expect(index.remembered.writesOf(SERVICE).at(-1)?.generation).toBe(200);

    index.upsert("inferenceservices", [written(201, "a")], at(30));
    expect(index.remembered.writesOf(SERVICE)).toHaveLength(1);
  });

  it("tell of writers that fight, and of the managers by their tools", () => {
    for (let generation = 1; generation <= 6; generation += 1) {
      const [claim, manager] = generation % 2 ? ["a", "argocd-controller"] : ["b", "helm"];
      index.upsert("inferenceservices", [written(generation, claim, manager)], at(generation));
    }
    const around = { now: at(6), settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: true };
    const facts = gatherServiceFacts(index, SERVICE, around);

    const finding = facts && serviceFindings(facts).find(({ code }) => code === "FieldContested");
    expect(finding?.message).toContain(
      'between Helm ("helm") and Argo CD ("argocd-controller"): 5 changes within 10 minutes, 1.0 generations a minute',
    );
  });

  it("are forgotten with the service, and not taken over by another of its name", () => {
    index.upsert("inferenceservices", [written(7, "a")], at(1));
    const next = written(1, "b");
    const other = { ...next, metadata: { ...next.metadata, uid: "another" } };
    index.upsert("inferenceservices", [other], at(2));
    expect(index.remembered.writesOf(SERVICE).map(({ generation }) => generation)).toEqual([1]);

    index.remove("inferenceservices", [SERVICE], at(3));
    expect(index.remembered.writesOf(SERVICE)).toEqual([]);
  });
});

const ended = (exitCode: number, container = "model-downloader", finishedAt = at(5)) =>
  aPod({
    spec: {
      initContainers: [
        { name: container, image: "", env: [{ name: "CACHE_DIR", value: "/models/abc" }] },
      ],
    },
    status: {
      initContainerStatuses: [
        aContainerStatus(container, { terminated: { exitCode, finishedAt } }),
      ],
    },
  });

describe("what is on a claim", () => {
  it("is what a downloader brought, with the length its log told, also when the pod is gone", () => {
    index.upsert(
      "pods",
      [aPod({ status: { phase: "Pending", initContainerStatuses: [] } })],
      at(1),
    );
    index.setDownload(POD, {
      state: "Running",
      pod: POD,
      container: "model-downloader",
      file: "a",
      receivedBytes: 900,
      totalBytes: 1000,
      bytesPerSecond: 1,
      etaSeconds: 100,
      startedAt: null,
      lastProgressAt: null,
    });
    index.upsert("pods", [ended(0)], at(5));
    index.remove("pods", [POD], at(6));

    expect(index.remembered.heldOn(aClaim())).toEqual([
      { key: "abc", model: "llama-3-8b", bytes: 1000, at: at(5) },
    ]);
  });

  it("does not give a draft the length of the target", () => {
    index.upsert("pods", [ended(0, "draft-model-downloader")], at(5));

    expect(index.remembered.heldOn(aClaim())).toEqual([
      { key: "abc", model: null, bytes: null, at: at(5) },
    ]);
  });

  it.each([
    ["the downloader failed", () => index.upsert("pods", [ended(22)], at(5))],
    [
      "it was another claim of this name",
      () => index.upsert("pods", [ended(0, "model-downloader", "2026-03-01T10:59:59Z")], at(5)),
    ],
    [
      "the claim was deleted since",
      () => {
        index.upsert("persistentvolumeclaims", [aClaim()], at(1));
        index.upsert("pods", [ended(0)], at(5));
        index.remove("persistentvolumeclaims", ["ml/models-nvme-a"], at(6));
      },
    ],
  ])("is not known when %s", (_name, happen) => {
    happen();
    expect(index.remembered.heldOn(aClaim())).toEqual([]);
  });
});
