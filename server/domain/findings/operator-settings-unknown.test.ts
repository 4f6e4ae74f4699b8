import { describe, expect, it } from "vitest";

import type { ServiceFacts } from "../facts";
import { DEFAULT_OPERATOR_SETTINGS, type OperatorSettings } from "../operator-settings";
import { preflightChecks } from "../preflight/build-checks";
import { planOf, settingsFor } from "../service-state";
import { aDeployment, aModel, anInferenceService } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { serviceFindings } from "./find";

const SHARED = "llmkube-model-cache";
const undeclared = anInferenceService({ spec: { modelCache: undefined } });
const UNREADABLE: OperatorSettings["unknown"] = [
  "cachePath",
  "cacheMode",
  "cacheSize",
  "cacheStorageClass",
];

function mounting(claimName: string) {
  const deployment = aDeployment();
  const { spec } = deployment;
  const pod = spec?.template.spec;
  const volumes = [{ name: "model-cache", persistentVolumeClaim: { claimName } }];
  return {
    ...deployment,
    spec: { ...spec, template: { spec: { ...pod, volumes } } },
  } as typeof deployment;
}

/** A service that has no pods yet, where of the operator only this is known. */
function facts(settings: Partial<OperatorSettings>, over: Partial<ServiceFacts> = {}) {
  return aServiceFacts({
    service: undeclared,
    deployment: null,
    pods: [],
    claims: new Map([[SHARED, null]]),
    surroundings: aSurroundings({ settings: { ...DEFAULT_OPERATOR_SETTINGS, ...settings } }),
    ...over,
  });
}
const unreadable = (over: Partial<ServiceFacts> = {}) => facts({ unknown: UNREADABLE }, over);
const found = (some: ServiceFacts) =>
  serviceFindings(some).find(({ code }) => code === "OperatorSettingsUnknown");
const checked = (some: ServiceFacts, claimName: string | null, code: string) =>
  preflightChecks(some, { claimName, persistence: null }).find((check) => check.code === code);

describe("operator settings that could not be read", () => {
  it("leave it unknown where an undeclared service keeps its weights, and say so", () => {
    expect(planOf(unreadable())).toMatchObject({ kind: "Unknown", effectiveClaim: null });
    expect(found(unreadable())).toMatchObject({ severity: "unknown" });
    expect(checked(unreadable(), null, "ClaimExists")).toMatchObject({
      verdict: "unknown",
      message: expect.stringContaining("settings could not be read") as unknown,
    });
  });

  it("are nobody's concern where the service decides by itself", () => {
    const ephemeral = anInferenceService({
      spec: { modelCache: { persistence: "Ephemeral", claimName: undefined } },
    });
    const staged = aModel({ spec: { source: "pvc://weights/model.gguf" } });
    expect(found(unreadable({ service: ephemeral }))).toBeUndefined();
    expect(found(unreadable({ model: staged }))).toBeUndefined();
    expect(found(facts({ unknown: ["defaultFsGroup"] }))).toBeUndefined();
  });

  it("leave it unknown whether a declared claim will be used at all", () => {
    const service = anInferenceService();
    const claims = new Map([["models-nvme-a", aClaimFacts()]]);
    const declared = unreadable({ service, claims });
    expect(planOf(declared).kind).toBe("UserOwned");
    expect(found(declared)?.message).toContain("may switch caching off");
    expect(checked(declared, "models-nvme-a", "ClaimWillBeUsed")?.verdict).toBe("unknown");
    expect(
      checked(facts({}, { service, claims }), "models-nvme-a", "ClaimWillBeUsed")?.verdict,
    ).toBe("pass");
  });

  it.each([
    [SHARED, "Shared"],
    ["llama-model-cache", "PerService"],
  ])("are read off the service's own Deployment where it mounts %s", (claim, kind) => {
    const some = unreadable({ deployment: mounting(claim) });
    expect(planOf(some)).toMatchObject({ kind, effectiveClaim: claim });
    expect(settingsFor(some).unknown).toEqual(["cacheSize", "cacheStorageClass"]);
    expect(found(some)).toBeUndefined();
  });

  it("are only known to include a cache where it mounts another claim", () => {
    const some = unreadable({ deployment: mounting("someones") });
    expect(settingsFor(some).unknown).not.toContain("cachePath");
    expect(planOf(some).kind).toBe("Unknown");
  });
});

describe("preflight of going back to the operator's cache", () => {
  it("says how large and of which class the operator makes it, as far as that is known", () => {
    const known = facts({ cacheSize: "7Gi", cacheStorageClass: "nvme" });
    expect(checked(known, null, "ClaimExists")?.message).toContain('with 7Gi, of class "nvme"');
    const half = facts({ unknown: ["cacheSize", "cacheStorageClass"] });
    expect(checked(half, null, "ClaimExists")?.message).toContain(
      "of unknown size, of an unknown class",
    );
  });

  it.each([
    [{ cacheSize: "7Gi" }, "4 GiB", "pass"],
    [{ cacheSize: "7Gi" }, "40 GiB", "block"],
    [{ cacheSize: "7Gi" }, "0", "pass"],
    [{ unknown: ["cacheSize"] as const }, "40 GiB", "unknown"],
  ])("with %j and a model of %s its space is judged: %s", (settings, size, verdict) => {
    const some = facts(settings, { model: aModel({ status: { size } }) });
    expect(checked(some, null, "Space")?.verdict).toBe(verdict);
  });

  it("needs none where caching is off", () => {
    expect(planOf(facts({ cachePath: "" })).kind).toBe("None");
    expect(checked(facts({ cachePath: "" }), null, "ClaimExists")?.message).toContain("No cache");
    const declared = facts({ cachePath: "" }, { service: anInferenceService() });
    expect(serviceFindings(declared).map(({ code }) => code)).toContain("ModelCacheClaimIgnored");
  });
});
