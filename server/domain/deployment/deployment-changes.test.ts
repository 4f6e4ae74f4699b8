import { describe, expect, it } from "vitest";

import { aModel, anInferenceService } from "@/server/testing/builders";
import type { Deployment } from "../objects";
import { DEFAULT_OPERATOR_SETTINGS } from "../operator-settings";
import { planDeployment } from "./build-deployment";
import { covers, planDeploymentChange } from "./deployment-changes";

function desired(claimName = "a", gpu = 0) {
  const plan = planDeployment({
    service: anInferenceService({ spec: { modelCache: { claimName }, resources: { gpu } } }),
    model: aModel(),
    draft: null,
    settings: DEFAULT_OPERATOR_SETTINGS,
    replicas: 1,
  });
  if (plan.kind === "fault") throw new Error(plan.message);
  return plan.deployment;
}

/** As the API server gives it back: with what it fills in. */
function observed(claimName = "a"): Deployment {
  const { metadata, spec } = desired(claimName);
  const object = {
    metadata: { ...metadata, uid: "d", resourceVersion: "1", creationTimestamp: "" },
    spec: {
      ...spec,
      progressDeadlineSeconds: 600,
      strategy: { ...spec.strategy, rollingUpdate: { maxSurge: "25%" } },
    },
  };
  return structuredClone(object);
}

describe("planDeploymentChange", () => {
  it("makes what is not there", () => {
    expect(planDeploymentChange(desired(), null)).toMatchObject({ kind: "apply" });
  });

  it("leaves alone what is as wanted but for what others added", () => {
    expect(planDeploymentChange(desired(), observed())).toEqual({ kind: "none" });
  });

  it("applies another claim", () => {
    expect(planDeploymentChange(desired("b"), observed("a"))).toEqual({
      kind: "apply",
      clearRollingUpdate: false,
    });
  });

  it("has the API server's rolling update taken out when pods are to be recreated", () => {
    expect(planDeploymentChange(desired("a", 1), observed())).toEqual({
      kind: "apply",
      clearRollingUpdate: true,
    });
  });

  it.each<[string, (deployment: Deployment) => object, string]>([
    [
      "replaces one with another selector",
      (deployment) => ({
        ...deployment,
        spec: { ...deployment.spec, selector: { matchLabels: { app: "llama" } } },
      }),
      "replace",
    ],
    [
      "waits for one on its way out",
      (deployment) => ({
        ...deployment,
        metadata: { ...deployment.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
      }),
      "wait",
    ],
    [
      "waits for one of an earlier service of the name",
      (deployment) => ({
        ...deployment,
        metadata: {
          ...deployment.metadata,
          ownerReferences: [{ kind: "InferenceService", uid: "earlier", controller: true }],
        },
      }),
      "wait",
    ],
  ])("%s", (_title, change, kind) => {
    // Each row changes a few fields of a whole Deployment.
    const changed = change(observed()) as Deployment;
    expect(planDeploymentChange(desired(), changed).kind).toBe(kind);
  });
});

describe("covers", () => {
  it.each<[string, unknown, unknown, boolean]>([
    ["an equal value", "a", "a", true],
    ["another value", "a", "b", false],
    ["a quantity in other words", { cpu: "0.5" }, { cpu: "500m" }, true],
    ["another quantity", { cpu: "0.5" }, { cpu: "600m" }, false],
    ["a field added by others", { a: 1 }, { a: 1, b: 2 }, true],
    ["a field that is missing", { a: 1 }, {}, false],
    ["what says nothing", { a: "", b: 0, c: false, d: [], e: {} }, {}, true],
    ["a named thing added by others", [{ name: "a" }], [{ name: "b" }, { name: "a" }], true],
    ["a named thing that is missing", [{ name: "a" }], [{ name: "b" }], false],
    ["arguments in another order", ["a", "b"], ["b", "a"], false],
    ["one argument more", ["a"], ["a", "b"], false],
    [
      "mounts by path, not by volume",
      [{ name: "v", mountPath: "/b" }],
      [
        { name: "v", mountPath: "/a" },
        { name: "v", mountPath: "/b" },
      ],
      true,
    ],
  ])("%s", (_title, wanted, seen, covered) => {
    expect(covers(wanted, seen)).toBe(covered);
  });
});
