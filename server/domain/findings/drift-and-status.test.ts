import { describe, expect, it } from "vitest";

import type { Condition } from "../objects";
import { RECONCILE_REQUESTED_AT } from "../reconcile-request";
import {
  aDeployment,
  aModel,
  anAttachment,
  anInferenceService,
  aPod,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings, invisible } from "@/server/testing/facts";
import { claimDrift } from "./claim-drift";
import { fieldOwnedByOther } from "./field-owned-by-other";
import { serviceFindings } from "./find";
import { notHealed } from "./not-healed";
import { serviceDegraded } from "./service-degraded";
import { staleCacheKey } from "./stale-cache-key";
import { statusDisagreesWithPods } from "./status-disagrees-with-pods";

const AT = "2026-03-01T11:40:00Z";
const condition = (type: string, status: string, reason: string, message = ""): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: AT,
});
const MISSING_MESSAGE =
  'Failed to ensure model cache PVC: model cache PVC "models-nvme-a" (spec.modelCache.claimName) not found in namespace "ml"';
const failedForClaim = anInferenceService({
  status: {
    phase: "Failed",
    readyReplicas: undefined,
    conditions: [condition("Degraded", "True", "Failed", MISSING_MESSAGE)],
  },
});
const volumeOf = (claimName: string) => ({
  volumes: [{ name: "model-cache", persistentVolumeClaim: { claimName } }],
});
const oldDeployment = aDeployment({ spec: { template: { spec: volumeOf("old") } } });
const oldPod = aPod({ metadata: { name: "llama-old" }, spec: volumeOf("old") });

describe("claimDrift", () => {
  it.each([
    [
      "the claim is missing",
      { claims: new Map([["models-nvme-a", null]]), service: failedForClaim },
      /does not exist, so the operator leaves the Deployment as it is/u,
    ],
    [
      "the rollout is deferred",
      {
        service: anInferenceService({
          status: { conditions: [condition("RolloutDeferred", "True", "PodsBusy", "2 requests")] },
        }),
      },
      /until the pods are idle \(PodsBusy\)/u,
    ],
    [
      "the Model is not Ready",
      { model: aModel({ status: { phase: "Pending" } }) },
      /is not Ready/u,
    ],
    [
      "the operator reports another failure",
      {
        service: anInferenceService({
          status: { phase: "Failed", conditions: [condition("Degraded", "True", "Failed", "x")] },
        }),
      },
      /reports a failure/u,
    ],
    ["nothing says why", {}, /has not rolled it out yet/u],
  ])("says why the Deployment lags: %s", (_name, overrides, wording) => {
    const finding = claimDrift(
      aServiceFacts({ deployment: oldDeployment, pods: [oldPod], ...overrides }),
    );

    expect(finding).toMatchObject({ code: "ClaimDrift", severity: "warning" });
    expect(finding?.message).toMatch(
      /^Declared is claim "models-nvme-a", the Deployment still has claim "old": /u,
    );
    expect(finding?.message).toMatch(wording);
  });

  it("says that pods of the old kind are left while a rollout is under way", () => {
    const finding = claimDrift(aServiceFacts({ pods: [oldPod, aPod()] }));

    expect(finding?.message).toBe(
      'Declared is claim "models-nvme-a", pods still mount claim "old": the rollout is under way, 1 pod of the old kind left.',
    );
  });

  it("says when a rollout is stuck", () => {
    const deployment = aDeployment({
      status: {
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      },
    });

    expect(claimDrift(aServiceFacts({ pods: [oldPod], deployment }))?.message).toContain(
      "stopped making progress",
    );
  });

  it("counts a change to scratch space", () => {
    const service = anInferenceService({
      spec: { modelCache: { claimName: undefined, persistence: "Ephemeral" } },
    });

    expect(claimDrift(aServiceFacts({ service }))?.message).toMatch(
      /^Declared is no cache claim, the Deployment still has claim "models-nvme-a"/u,
    );
  });

  it("says whose choice a claim is that nobody declared", () => {
    const service = anInferenceService({ spec: { modelCache: undefined } });

    expect(claimDrift(aServiceFacts({ service }))?.message).toMatch(
      /^By the operator's rules it is claim "llmkube-model-cache", the Deployment still has claim "models-nvme-a"/u,
    );
  });

  it.each([
    ["all three are the same", aServiceFacts()],
    ["nothing is rolled out yet", aServiceFacts({ deployment: null, pods: [] })],
    [
      "the old pods are on their way out",
      aServiceFacts({
        pods: [
          aPod(),
          aPod({ metadata: { name: "llama-old", deletionTimestamp: AT }, spec: volumeOf("old") }),
        ],
      }),
    ],
    ["the Model is not there, so the kind is unknown", aServiceFacts({ model: null })],
    [
      "only a draft is on the claim",
      aServiceFacts({
        model: aModel({ spec: { source: "pvc://weights/a.gguf" } }),
        draftModel: aModel({ metadata: { name: "draft" } }),
      }),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(claimDrift(facts)).toBeNull();
  });
});

describe("staleCacheKey", () => {
  const edited = aModel({ status: { cacheKey: "0123456789abcdef" } });

  it("names both keys, and not the source's secrets", () => {
    const model = aModel({
      spec: { source: "https://u:p@models.example.com/new.gguf?sig=secret" },
      status: { cacheKey: "0123456789abcdef" },
    });
    const finding = staleCacheKey(aServiceFacts({ model }));

    expect(finding).toMatchObject({ code: "StaleCacheKey", severity: "warning" });
    expect(finding?.message).toContain("directory 0123456789abcdef");
    expect(JSON.stringify(finding)).not.toContain("secret");
  });

  it("also looks at the draft model", () => {
    expect(staleCacheKey(aServiceFacts({ draftModel: edited }))).not.toBeNull();
  });

  it.each([
    ["the key fits the source", aServiceFacts()],
    ["there is no key", aServiceFacts({ model: aModel({ status: { cacheKey: undefined } }) })],
    [
      "no cache is used",
      aServiceFacts({
        model: edited,
        service: anInferenceService({ spec: { skipModelInit: true } }),
      }),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(staleCacheKey(facts)).toBeNull();
  });
});

describe("notHealed", () => {
  it("offers the nudge", () => {
    const finding = notHealed(aServiceFacts({ service: failedForClaim, pods: [] }));

    expect(finding).toMatchObject({ code: "NotHealed", severity: "error", since: AT });
    expect(finding?.actions).toMatchObject([
      { type: "RequestReconcile" },
      {
        type: "CopyCommand",
        command:
          'kubectl -n ml annotate inferenceservice llama mooring.dev/reconcile-requested-at="$(date -u +%FT%TZ)" --overwrite',
      },
    ]);
  });

  it("says when the nudge was given instead of offering it again", () => {
    const asked = "2026-03-01T11:58:00.000Z";
    const service = anInferenceService({
      ...failedForClaim,
      metadata: { annotations: { [RECONCILE_REQUESTED_AT]: asked } },
    });
    const finding = notHealed(aServiceFacts({ service }));

    expect(finding?.nextStep).toContain(`asked at ${asked}`);
    expect(finding?.actions.map(({ type }) => type)).toEqual(["CopyCommand"]);
    expect(finding?.evidence.map(({ value }) => value)).toContain(asked);
  });

  it("counts from the moment both held", () => {
    const claim = aClaimFacts().claim;
    const created = "2026-03-01T11:55:00Z";
    const claims = new Map([
      [
        "models-nvme-a",
        aClaimFacts({
          claim: { ...claim, metadata: { ...claim.metadata, creationTimestamp: created } },
        }),
      ],
    ]);

    expect(notHealed(aServiceFacts({ service: failedForClaim, claims }))?.since).toBe(created);
  });

  it.each([
    [
      "the built-in operator heals by itself",
      { surroundings: aSurroundings({ builtinOperator: true }) },
    ],
    ["the claim is still missing", { claims: new Map([["models-nvme-a", null]]) }],
    [
      "claims may not be listed",
      { claims: new Map(), surroundings: invisible("persistentvolumeclaims") },
    ],
    [
      "the failure is about something else",
      {
        service: anInferenceService({
          status: {
            phase: "Failed",
            conditions: [condition("Degraded", "True", "Failed", "Invalid gpuSharing: no")],
          },
        }),
      },
    ],
    [
      "the failure is about another claim",
      {
        service: anInferenceService({
          status: {
            phase: "Failed",
            conditions: [condition("Degraded", "True", "Failed", 'PVC "other" not found')],
          },
        }),
      },
    ],
    [
      "it recovers already",
      {
        service: anInferenceService({
          status: {
            phase: "Creating",
            conditions: [condition("Degraded", "True", "Failed", MISSING_MESSAGE)],
          },
        }),
      },
    ],
  ])("is silent when %s", (_name, overrides) => {
    expect(notHealed(aServiceFacts({ service: failedForClaim, ...overrides }))).toBeNull();
  });
});

const withStatus = (phase: string, ...conditions: Condition[]) =>
  aServiceFacts({ service: anInferenceService({ status: { phase, conditions } }) });

describe("serviceDegraded", () => {
  it.each([
    [
      "the condition's own words, without the bare Failed",
      withStatus("Failed", condition("Degraded", "True", "Failed", "Invalid parallelism: 3 GPUs")),
      "error",
      "The operator reports: Invalid parallelism: 3 GPUs",
    ],
    [
      "a reason that says more than Failed",
      withStatus("Failed", condition("Degraded", "True", "QuotaExceeded", "no")),
      "error",
      "The operator reports: QuotaExceeded: no",
    ],
    [
      "a failure without words",
      withStatus("Failed"),
      "error",
      "The operator reports the service as failed, without saying why.",
    ],
    [
      "a driver that does not fit",
      withStatus(
        "Creating",
        condition("DriverCompatible", "False", "CUDADriverInsufficient", "needs 550"),
      ),
      "error",
      "The operator reports: CUDADriverInsufficient: needs 550",
    ],
    [
      "a queue for GPUs",
      withStatus(
        "WaitingForGPU",
        condition("GPUAvailable", "False", "InsufficientGPU", "nvidia.com/gpu: 1"),
      ),
      "warning",
      "The service waits for a free GPU: nvidia.com/gpu: 1",
    ],
    [
      "a Degraded left over from a missing claim",
      withStatus("Creating", condition("Degraded", "True", "Failed", MISSING_MESSAGE)),
      "info",
      "The service recovers from its missing claim; Degraded stays until it is Ready again.",
    ],
  ])("tells %s", (_name, facts, severity, message) => {
    expect(serviceDegraded(facts)).toMatchObject({ severity, message });
  });

  it("is left out where a finding says why", () => {
    const facts = aServiceFacts({
      service: failedForClaim,
      claims: new Map([["models-nvme-a", null]]),
      pods: [],
      deployment: null,
    });

    expect(serviceDegraded(facts)).not.toBeNull();
    expect(serviceFindings(facts).map(({ code }) => code)).toEqual(["ModelCachePVCNotFound"]);
  });

  it("is silent about a healthy service", () => {
    expect(serviceDegraded(aServiceFacts())).toBeNull();
  });
});

describe("statusDisagreesWithPods", () => {
  it("says with which claim the pods serve", () => {
    const finding = statusDisagreesWithPods(aServiceFacts({ service: failedForClaim }));

    expect(finding?.message).toBe(
      "The status says 0 ready, but 1 pod is serving, from models-nvme-a.",
    );
  });

  const creating = anInferenceService({ status: { phase: "Creating", readyReplicas: undefined } });
  const readyAt = (time: string) =>
    aPod({ status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: time }] } });
  it.each([
    [
      "pods that became ready a moment ago",
      { service: creating, pods: [readyAt("2026-03-01T11:59:50Z")] },
    ],
    ["no ready pod", { service: failedForClaim, pods: [] }],
    ["a status that counts pods", {}],
  ])("is silent with %s", (_name, overrides) => {
    expect(statusDisagreesWithPods(aServiceFacts(overrides))).toBeNull();
  });

  it("fires for a status that stays behind", () => {
    const facts = aServiceFacts({ service: creating, pods: [readyAt("2026-03-01T11:50:00Z")] });

    expect(statusDisagreesWithPods(facts)).not.toBeNull();
  });
});

const owned = (...managers: readonly string[]) =>
  anInferenceService({
    metadata: {
      managedFields: managers.map((manager) => ({
        manager,
        operation: "Apply",
        time: AT,
        fieldsV1: { "f:spec": { "f:modelCache": { "f:claimName": {} } } },
      })),
    },
  });

describe("fieldOwnedByOther", () => {
  it.each([
    ["kustomize-controller", /Flux \("kustomize-controller"\)/u],
    ["argocd-controller", /Argo CD/u],
  ])("says that the repository sets back what is changed under %s", (manager, who) => {
    const finding = fieldOwnedByOther(aServiceFacts({ service: owned(manager) }));

    expect(finding).toMatchObject({ severity: "info", since: AT });
    expect(finding?.message).toMatch(who);
    expect(finding?.message).toContain("your repository will set it back");
  });

  it("tells Helm apart, which sets it back at its next upgrade only", () => {
    const finding = fieldOwnedByOther(aServiceFacts({ service: owned("helm") }));

    expect(finding).toMatchObject({ severity: "info" });
    expect(finding?.message).toBe(
      'The claim is set by Helm ("helm"): change it here and the next upgrade of its release will set it back.',
    );
  });

  it.each([
    ["a request made here met the owner", owned("kubectl"), anAttachment({ state: "Conflict" })],
    ["Mooring and someone else set it", owned("mooring", "helm"), null],
  ])("is a warning when %s", (_name, service, attachment) => {
    expect(fieldOwnedByOther(aServiceFacts({ service, attachment }))?.severity).toBe("warning");
  });

  it.each([
    ["Mooring alone owns it", owned("mooring")],
    ["a person set it by kubectl", owned("kubectl-client-side-apply")],
    ["nobody is known to own it", anInferenceService()],
    ["it is not set", anInferenceService({ spec: { modelCache: undefined } })],
  ])("is silent when %s", (_name, service) => {
    expect(fieldOwnedByOther(aServiceFacts({ service }))).toBeNull();
  });
});
