import { describe, expect, it } from "vitest";

import { aClaim, aDeployment, anInferenceService, aPod } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import type { ServiceFacts } from "../facts";
import type { ResourceQuota } from "../objects";
import { preflightChecks } from "./build-checks";

const { metadata } = aClaim({ metadata: { name: "team" } });
const aQuota = (hard: string, used?: string): ResourceQuota => ({
  metadata,
  spec: { hard: { pods: hard } },
  status: { hard: { pods: hard }, ...(used === undefined ? {} : { used: { pods: used } }) },
});
const other = aClaimFacts({ claim: aClaim({ metadata: { name: "other" } }) });
const running = (replicas: number, strategy = "RollingUpdate"): Partial<ServiceFacts> => ({
  service: anInferenceService({ spec: { replicas } }),
  deployment: aDeployment({ spec: { replicas, strategy: { type: strategy } } }),
  pods: Array.from({ length: replicas }, (_, n) => aPod({ metadata: { name: `llama-${n}` } })),
});
const stopped = { pods: [], deployment: null };

function quotaCheck(quota: ResourceQuota, facts: Partial<ServiceFacts>, claimName = "other") {
  const base = aServiceFacts(facts);
  const claims = new Map([...base.claims, ["other", other]]);
  const policy = { ...base.policy, quotas: [quota] };
  return preflightChecks({ ...base, claims, policy }, { claimName, persistence: null }).find(
    ({ code }) => code === "Quota",
  );
}

describe("the quota of a rollout", () => {
  it.each<[string, ResourceQuota, Partial<ServiceFacts>, string, RegExp]>([
    ["needs room for one more pod", aQuota("1", "1"), running(1), "block", /no room for a new pod/],
    ["has room for one more pod", aQuota("2", "1"), running(1), "pass", /have room/],
    ["gets back what the old pod used", aQuota("1", "1"), running(1, "Recreate"), "pass", /room/],
    ["may end one of four pods first", aQuota("4", "4"), running(4), "pass", /have room/],
    ["may end none of three pods first", aQuota("3", "3"), running(3), "block", /no room/],
    [
      "has room for some of the pods",
      aQuota("3", "1"),
      { ...stopped, service: anInferenceService({ spec: { replicas: 3 } }) },
      "warn",
      /room for 2 of 3 pods: 2 of 3 pods is left, a pod takes 1/,
    ],
    ["is not known before it is counted", aQuota("9"), stopped, "unknown", /not known yet/],
    [
      "does not matter while the service is suspended",
      aQuota("0", "0"),
      { ...stopped, service: anInferenceService({ spec: { suspend: true } }) },
      "pass",
      /makes no new pod/,
    ],
  ])("%s", (_name, quota, facts, verdict, wording) => {
    const check = quotaCheck(quota, facts);

    expect(check?.verdict).toBe(verdict);
    expect(check?.message).toMatch(wording);
  });

  it("does not matter where nothing rolls", () => {
    expect(quotaCheck(aQuota("1", "1"), running(1), "models-nvme-a")?.verdict).toBe("pass");
  });
});
