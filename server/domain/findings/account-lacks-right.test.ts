import { describe, expect, it } from "vitest";

import type { ServiceFacts } from "../facts";
import type { Condition } from "../objects";
import { aDeployment, aModel, anEvent, anInferenceService } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import { serviceFindings } from "./find";
import { accountLacksRight, accountLacksRightOnClaim } from "./account-lacks-right";

const AT = "2026-03-01T11:50:00Z";
const CANNOT =
  'persistentvolumeclaims is forbidden: User "system:serviceaccount:llmkube-system:llmkube" cannot create resource "persistentvolumeclaims" in API group "" in the namespace "ml"';
const condition = (message: string, type = "Degraded"): Condition => ({
  type,
  status: "True",
  reason: "Failed",
  message,
  lastTransitionTime: AT,
});
const failedWith = (message: string, phase = "Failed") =>
  aServiceFacts({
    service: anInferenceService({ status: { phase, conditions: [condition(message)] } }),
  });
const event = (message: string, eventTime = AT) => anEvent({ message, eventTime });

describe("accountLacksRight", () => {
  it("names account, verb, resource and namespace, and how to check", () => {
    expect(
      accountLacksRight(failedWith(`Failed to ensure model cache PVC: ${CANNOT}`)),
    ).toMatchObject({
      severity: "error",
      message:
        'Service account "llmkube" of namespace "llmkube-system" may not create persistentvolumeclaims in namespace "ml", and what it works for fails.',
      since: AT,
      evidence: [{ kind: "InferenceService", field: "status.conditions[Degraded].message" }],
      actions: [
        {
          command:
            "kubectl auth can-i create persistentvolumeclaims --as=system:serviceaccount:llmkube-system:llmkube -n ml",
        },
      ],
    });
  });

  it.each<[string, ServiceFacts, string]>([
    [
      "the Model",
      aServiceFacts({
        model: aModel({ status: { phase: "Failed", conditions: [condition(CANNOT)] } }),
      }),
      "Model",
    ],
    [
      "the Deployment",
      aServiceFacts({
        deployment: aDeployment({ status: { conditions: [condition(CANNOT, "ReplicaFailure")] } }),
      }),
      "Deployment",
    ],
    ["an event", aServiceFacts({ events: [event(CANNOT)] }), "InferenceService"],
    [
      "an event of its claim",
      aServiceFacts({
        claims: new Map([["models-nvme-a", aClaimFacts({ events: [event(CANNOT)] })]]),
      }),
      "InferenceService",
    ],
  ])("reads it from %s", (_name, facts, kind) => {
    expect(accountLacksRight(facts)).toMatchObject({ evidence: [{ kind }] });
  });

  it.each([
    [
      'cannot get resource "pods/log" in API group "" in the namespace "ml"',
      "kubectl auth can-i get pods --subresource=log --as=system:serviceaccount:a:b -n ml",
    ],
    [
      'cannot patch resource "deployments" in API group "apps" in the namespace "ml"',
      "kubectl auth can-i patch deployments.apps --as=system:serviceaccount:a:b -n ml",
    ],
    [
      'cannot list resource "nodes" in API group "" at the cluster scope',
      "kubectl auth can-i list nodes --as=system:serviceaccount:a:b --all-namespaces",
    ],
  ])("knows how to check: %s", (text, command) => {
    const finding = accountLacksRight(failedWith(`User "system:serviceaccount:a:b" ${text}`));

    expect(finding?.actions).toMatchObject([{ command }]);
  });

  it.each<[string, ServiceFacts]>([
    ["the service is Ready, and the condition left over", failedWith(CANNOT, "Ready")],
    ["the event is old", aServiceFacts({ events: [event(CANNOT, "2026-03-01T11:29:00Z")] })],
    [
      "a person is refused",
      failedWith(CANNOT.replace("system:serviceaccount:llmkube-system:llmkube", "jane")),
    ],
    ["something else is forbidden", failedWith('pods "x" is forbidden: exceeded quota: team')],
    [
      "a name is no name",
      failedWith(CANNOT.replace('"ml"', '"ml;reboot"').replace("llmkube-system", "$(x)")),
    ],
    ["nothing is wrong", aServiceFacts()],
  ])("is silent when %s", (_name, facts) => {
    expect(accountLacksRight(facts)).toBeNull();
  });
});

describe("a missing right", () => {
  const codesOf = (facts: ServiceFacts) => serviceFindings(facts).map(({ code }) => code);

  it("takes the place of the operator's words where they tell of it", () => {
    expect(codesOf(failedWith(CANNOT))).not.toContain("ServiceDegraded");
  });

  it("does not hide another failure", () => {
    const failed = { ...failedWith("Failed to create Service"), events: [event(CANNOT)] };

    expect(codesOf(failed)).toEqual(
      expect.arrayContaining(["AccountLacksRight", "ServiceDegraded"]),
    );
  });
});

describe("accountLacksRightOnClaim", () => {
  it("reads a provisioner's refusal from the claim's events", () => {
    const facts = aClaimFacts({
      events: [
        event(
          `failed to provision volume: ${CANNOT.replace("llmkube-system:llmkube", "csi:prov")}`,
        ),
      ],
    });

    expect(accountLacksRightOnClaim(facts)?.message).toContain('Service account "prov"');
    expect(accountLacksRightOnClaim(aClaimFacts({ events: [event("waiting")] }))).toBeNull();
  });
});
