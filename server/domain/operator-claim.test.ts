import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import { isClaimName, planOperatorClaim } from "./operator-claim";
import type { OperatorSettings } from "./operator-settings";
import { DEFAULT_OPERATOR_SETTINGS } from "./operator-settings";

const plan = (claimName: string | undefined, settings: Partial<OperatorSettings> = {}) =>
  planOperatorClaim(
    anInferenceService({
      spec: { modelCache: claimName === undefined ? undefined : { claimName } },
    }),
    { ...DEFAULT_OPERATOR_SETTINGS, ...settings },
  );

describe("planOperatorClaim", () => {
  it.each(["shared", "perService"] as const)("never makes the user's claim (%s)", (cacheMode) => {
    expect(plan("mine", { cacheMode })).toEqual({ kind: "userOwned", name: "mine" });
  });

  it("makes one shared claim that outlives every service", () => {
    expect(plan(undefined)).toEqual({
      kind: "claim",
      claim: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: {
          name: "llmkube-model-cache",
          namespace: "ml",
          labels: {
            "app.kubernetes.io/name": "llmkube",
            "app.kubernetes.io/component": "model-cache",
            "app.kubernetes.io/managed-by": "llmkube-controller",
          },
        },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Gi" } } },
      },
    });
  });

  it("makes one for each service that goes with it", () => {
    const planned = plan(undefined, { cacheMode: "perService", cacheAccessMode: "ReadWriteMany" });
    expect(planned).toMatchObject({
      claim: {
        metadata: {
          name: "llama-model-cache",
          ownerReferences: [{ name: "llama", controller: true, blockOwnerDeletion: false }],
        },
        spec: { accessModes: ["ReadWriteOnce"] },
      },
    });
  });

  it("follows class, size and mode of the settings", () => {
    expect(
      plan(undefined, {
        cacheStorageClass: "fast",
        cacheSize: "5Ti",
        cacheAccessMode: "ReadWriteMany",
      }),
    ).toMatchObject({
      claim: {
        spec: {
          storageClassName: "fast",
          accessModes: ["ReadWriteMany"],
          resources: { requests: { storage: "5Ti" } },
        },
      },
    });
  });

  it.each(["", "much", "0", "-1Gi"])("refuses the size %j", (cacheSize) => {
    expect(plan(undefined, { cacheSize }).kind).toBe("fault");
  });
});

describe("isClaimName", () => {
  it.each([
    ["models", true],
    ["models.a-1", true],
    ["a".repeat(253), true],
    ["a".repeat(254), false],
    ["a/b", false],
    ["Not_A_DNS_Name", false],
    ["-a", false],
    ["a..b", false],
    ["", false],
  ])("%s → %s", (name, valid) => {
    expect(isClaimName(name)).toBe(valid);
  });
});
