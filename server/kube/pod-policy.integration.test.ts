import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";

import { planDeployment } from "@/server/domain/deployment/build-deployment";
import type { ServiceFacts } from "@/server/domain/facts";
import type { InferenceService, Model } from "@/server/domain/objects";
import { podsRefused } from "@/server/domain/findings/pods-refused";
import { planOperatorClaim } from "@/server/domain/operator-claim";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { preflightChecks } from "@/server/domain/preflight/build-checks";
import { AppError } from "@/server/errors";
import type { Manifest } from "@/server/ports";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import { aModel, anInferenceService } from "@/server/testing/builders";
import type { Overrides } from "@/server/testing/overrides";
import { connectTestCluster, type TestCluster } from "@/server/testing/test-cluster";

type Case = {
  readonly level?: string;
  readonly quota?: object;
  readonly limits?: readonly object[];
  readonly spec?: Overrides<InferenceService>["spec"];
  readonly model?: Overrides<Model>;
  /** The operator's claim instead of the user's. */
  readonly operatorClaim?: boolean;
};
type Row = [string, Case, Readonly<Record<string, string>>];

const ENFORCE = "pod-security.kubernetes.io/enforce";
const SETTINGS = DEFAULT_OPERATOR_SETTINGS;
const ASKS = { resources: { cpu: "500m", memory: "512Mi" } };
const INVALID = ["the same with defaults below the request", "a container above the range"];
const hard = (amounts: object) => ({ hard: amounts });
const container = (fields: object) => [{ type: "Container", ...fields }];
const DEFAULTS = container({
  default: { cpu: "200m", memory: "256Mi" },
  defaultRequest: { cpu: "100m", memory: "128Mi" },
});
const NEVER_ROOT = {
  podSecurityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: "RuntimeDefault" },
  },
};
const STAGED = { spec: { source: "pvc://weights/m.gguf" } };
const GPU = { resources: { gpu: 1 } };

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
});
afterEach(() => cluster.stop());

const create = (kind: "ResourceQuota" | "LimitRange", spec: object) =>
  cluster.store.create(kind === "LimitRange" ? "limitranges" : "resourcequotas", {
    apiVersion: "v1",
    kind,
    metadata: { name: "policy", namespace: cluster.namespace },
    spec,
  });

async function furnish({ level, quota, limits }: Case): Promise<void> {
  if (level !== undefined) {
    const labels = { metadata: { labels: { [ENFORCE]: level } } };
    const key = { namespace: "", name: cluster.namespace };
    await cluster.store.mergePatch("namespaces", key, labels, { fieldManager: "test" });
  }
  if (limits !== undefined) await create("LimitRange", { limits });
  if (quota === undefined) return;
  await create("ResourceQuota", quota);
  await vi.waitFor(
    async () => {
      const [stored] = (await policyNow()).quotas;
      expect(stored?.status?.used, "the quota is counted").toBeDefined();
    },
    { timeout: 20_000, interval: 50 },
  );
}

async function policyNow(): Promise<ServiceFacts["policy"]> {
  const { store, namespace } = cluster;
  const [quotas, limitRanges] = await Promise.all([
    store.list("resourcequotas", { namespace }),
    store.list("limitranges", { namespace }),
  ]);
  return {
    namespace: await store.get("namespaces", { namespace: "", name: namespace }),
    quotas,
    limitRanges,
  };
}

function factsFor({ spec, model, operatorClaim }: Case, policy: ServiceFacts["policy"]) {
  const service = anInferenceService({
    metadata: { namespace: cluster.namespace },
    spec: { ...spec, ...(operatorClaim === true ? { modelCache: undefined } : {}) },
  });
  const claims = new Map([
    ["models-nvme-a", aClaimFacts()],
    ["llmkube-model-cache", null],
  ]);
  return aServiceFacts({
    service,
    model: aModel({ ...model, metadata: { namespace: cluster.namespace } }),
    deployment: null,
    pods: [],
    claims,
    policy,
  });
}

/** What the operator would create, created: how many pods came of it, and whether anything was refused. */
async function carryOut({ service, model }: ServiceFacts, replicas: number) {
  if (service.spec.modelCache === undefined) {
    const plan = planOperatorClaim(service, SETTINGS);
    if (plan.kind !== "claim") throw new Error("no claim to make");
    if (await isRefused("persistentvolumeclaims", plan.claim)) return REFUSED;
  }
  if (model === null) throw new Error("no model");
  const plan = planDeployment({ service, model, draft: null, settings: SETTINGS, replicas });
  if (plan.kind !== "deployment") throw new Error(plan.message);
  const { ownerReferences, ...metadata } = plan.deployment.metadata;
  expect(ownerReferences).toHaveLength(1);
  if (await isRefused("deployments", { ...plan.deployment, metadata })) {
    return REFUSED;
  }
  return vi.waitFor(() => outcome(metadata.name, replicas), { timeout: 25_000, interval: 50 });
}

const REFUSED = { made: 0, refused: true, deployment: null };

async function isRefused(plural: "persistentvolumeclaims" | "deployments", object: Manifest) {
  try {
    await cluster.store.create(plural, object);
    return false;
  } catch (error) {
    if (error instanceof AppError && error.reason === "Forbidden") return true;
    throw error;
  }
}

async function outcome(name: string, replicas: number) {
  const { store, namespace } = cluster;
  const deployment = await store.get("deployments", { namespace, name });
  const pods = await store.list("pods", { namespace });
  const conditions = deployment?.status?.conditions ?? [];
  const refused = conditions.some(
    ({ type, status, reason }) =>
      (type === "ReplicaFailure" && status === "True") || reason === "ReplicaSetCreateError",
  );
  if (!refused && pods.length < replicas) throw new Error("neither made nor refused yet");
  await store.delete("deployments", { namespace, name }, { uid: deployment?.metadata.uid ?? "" });
  return { made: pods.length, refused, deployment };
}

/** What the finding about a Deployment whose pods are refused calls the refusal. */
function toldCause(facts: ServiceFacts): string | null {
  return REFUSALS.find((code) => podsRefused(code)(facts) !== null) ?? null;
}

const REFUSALS = [
  "QuotaExceeded",
  "LimitRangeViolated",
  "PodSecurityViolated",
  "PodsRefused",
] as const;
const CAUSES: Readonly<Record<string, string>> = {
  Quota: "QuotaExceeded",
  LimitRange: "LimitRangeViolated",
  PodSecurity: "PodSecurityViolated",
};

const REALITY: Readonly<Record<string, (made: number, wanted: number) => object>> = {
  pass: (_made, wanted) => ({ made: wanted, refused: false }),
  warn: (made) => ({ made: Math.max(1, made), refused: true }),
  block: () => ({ made: 0, refused: true }),
};

describe("what preflight says of quotas, limit ranges and Pod Security is what the API server does", () => {
  it.each<Row>([
    ["no policy", {}, {}],
    ["restricted", { level: "restricted" }, { PodSecurity: "block" }],
    ["baseline", { level: "baseline" }, {}],
    ["a label that is no level the pods meet", { level: "privileged" }, {}],
    [
      "restricted, weights staged beforehand and no root",
      { level: "restricted", spec: NEVER_ROOT, model: STAGED },
      {},
    ],
    [
      "restricted, weights staged beforehand, nothing said of root",
      { level: "restricted", model: STAGED },
      { PodSecurity: "block" },
    ],
    [
      "baseline and a folder of the node",
      {
        level: "baseline",
        spec: { extraVolumes: [{ name: "host", hostPath: { path: "/srv" } }] },
      },
      { PodSecurity: "block" },
    ],
    [
      "baseline and a capability",
      {
        level: "baseline",
        spec: { securityContext: { capabilities: { add: ["SYS_ADMIN"] } } },
      },
      { PodSecurity: "block" },
    ],
    ["a quota without pods", { quota: hard({ pods: "0" }) }, { Quota: "block" }],
    ["a quota with a pod", { quota: hard({ "count/pods": "1" }) }, {}],
    [
      "a quota with fewer pods than wanted",
      { quota: hard({ pods: "1" }), spec: { replicas: 2 } },
      { Quota: "warn" },
    ],
    [
      "a quota that demands what the downloader does not state",
      { quota: hard({ "requests.cpu": "4" }), spec: ASKS },
      { Quota: "block" },
    ],
    [
      "the same with defaults below the request",
      { quota: hard({ "requests.cpu": "4" }), limits: DEFAULTS, spec: ASKS },
      { LimitRange: "block" }, // the default limit of 200m is below the request of 500m
    ],
    [
      "defaults that suit the server",
      {
        quota: hard({ cpu: "600m", memory: "1Gi" }),
        limits: container({ defaultRequest: { cpu: "100m", memory: "128Mi" } }),
        spec: ASKS,
      },
      {},
    ],
    [
      "a quota that is smaller than a pod",
      {
        quota: hard({ cpu: "400m" }),
        limits: container({ defaultRequest: { cpu: "100m" } }),
        spec: ASKS,
      },
      { Quota: "block" },
    ],
    [
      "no GPU in the quota",
      { quota: hard({ "requests.nvidia.com/gpu": "0" }), spec: GPU },
      { Quota: "block" },
    ],
    ["a GPU in the quota", { quota: hard({ "requests.nvidia.com/gpu": "1" }), spec: GPU }, {}],
    [
      "a quota of best effort pods, of which it is none",
      { quota: { ...hard({ pods: "0" }), scopes: ["BestEffort"] }, spec: ASKS },
      {},
    ],
    [
      "a quota of best effort pods, of which it is one",
      { quota: { ...hard({ pods: "0" }), scopes: ["BestEffort"] } },
      { Quota: "block" },
    ],
    [
      "a quota of another priority",
      {
        quota: {
          ...hard({ pods: "0" }),
          scopeSelector: {
            matchExpressions: [
              { scopeName: "PriorityClass", operator: "In", values: ["llmkube-high"] },
            ],
          },
        },
      },
      {},
    ],
    [
      "no ReplicaSet in the quota",
      { quota: hard({ "count/replicasets.apps": "0" }) },
      { Quota: "block" },
    ],
    [
      "a container above the range",
      { limits: container({ max: { memory: "256Mi" } }), spec: ASKS },
      { LimitRange: "block" },
    ],
    ["containers that are raised to the range", { limits: container({ min: { cpu: "50m" } }) }, {}],
    [
      "a pod below the range",
      { limits: [{ type: "Pod", min: { cpu: "2" } }], spec: ASKS },
      { LimitRange: "block" },
    ],
    [
      "limits too far from requests",
      {
        limits: container({
          maxLimitRequestRatio: { cpu: "2" },
          default: { cpu: "1500m" },
          defaultRequest: { cpu: "1" },
        }),
        spec: ASKS,
      },
      { LimitRange: "block" },
    ],
    [
      "limits near enough to requests",
      {
        limits: container({
          maxLimitRequestRatio: { cpu: "2" },
          default: { cpu: "900m" },
          defaultRequest: { cpu: "450m" },
        }),
        spec: ASKS,
      },
      {},
    ],
    [
      "less storage than the operator's claim",
      { operatorClaim: true, quota: hard({ "requests.storage": "50Gi" }) },
      { Quota: "block" },
    ],
    [
      "storage for the operator's claim",
      {
        operatorClaim: true,
        quota: hard({ "requests.storage": "100Gi", persistentvolumeclaims: "1" }),
      },
      {},
    ],
    [
      "claims smaller than the operator's",
      {
        operatorClaim: true,
        limits: [{ type: "PersistentVolumeClaim", max: { storage: "50Gi" } }],
      },
      { LimitRange: "block" },
    ],
  ])("with %s", async (title, settings, expected) => {
    await furnish(settings);
    const facts = factsFor(settings, await policyNow());
    const claimName = settings.operatorClaim === true ? null : "models-nvme-a";
    const checks = preflightChecks(facts, { claimName, persistence: null });
    const verdicts = Object.fromEntries(
      checks
        .filter(({ code }) => ["Quota", "LimitRange", "PodSecurity"].includes(code))
        .map(({ code, verdict }) => [code, verdict]),
    );

    expect(verdicts).toEqual({
      Quota: "pass",
      LimitRange: "pass",
      PodSecurity: "pass",
      ...expected,
    });
    const wanted = facts.service.spec.replicas ?? 1;
    const { deployment, ...reality } = await carryOut(facts, wanted);
    const [[code, worst] = ["", "pass"]] = Object.entries(expected);
    expect(reality).toEqual(REALITY[worst]?.(reality.made, wanted));
    const told = toldCause({ ...facts, deployment });
    // A pod that a default made invalid is refused in other words; a refused ReplicaSet or claim has no Deployment that tells.
    if (told !== null) expect([CAUSES[code], "PodsRefused"]).toContain(told);
    expect(told === "PodsRefused").toBe(INVALID.includes(title));
  });
});
