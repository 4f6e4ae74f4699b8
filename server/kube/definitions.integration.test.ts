import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { AppError } from "@/server/errors";
import { readDefinition, schemaOf } from "@/server/testing/definitions";
import {
  EVERY_MODEL_FIELD,
  EVERY_MODEL_STATUS_FIELD,
  EVERY_SERVICE_FIELD,
  EVERY_SERVICE_STATUS_FIELD,
} from "@/server/testing/every-field";
import { connectTestCluster, type TestCluster } from "@/server/testing/test-cluster";

type Kind = "inferenceservices" | "models";
type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly spec: Json; readonly status: Json };

const ROOT = "/apis/inference.llmkube.dev/v1alpha1";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const STRICT = { fieldValidation: "Strict" };
const KINDS = { inferenceservices: "InferenceService", models: "Model" };

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
});
afterAll(() => cluster.stop());

const collection = (kind: Kind) => `${ROOT}/namespaces/${cluster.namespace}/${kind}`;
const objectOf = (kind: Kind, name: string, spec: Json) => ({
  apiVersion: "inference.llmkube.dev/v1alpha1",
  kind: KINDS[kind],
  metadata: { name },
  spec,
});

async function create(kind: Kind, name: string, spec: Json, query: object = STRICT) {
  const body = objectOf(kind, name, spec);
  return (await cluster.http.json({
    method: "POST",
    path: collection(kind),
    query: { ...query },
    body,
  })) as Answer;
}

async function setStatus(kind: Kind, name: string, status: Json): Promise<Answer> {
  return (await cluster.http.json({
    method: "PATCH",
    path: `${collection(kind)}/${name}/status`,
    query: STRICT,
    body: { status },
    contentType: "application/merge-patch+json",
  })) as Answer;
}

/** What the API server says of a spec that it would not store; null when it would. */
async function refusalOf(kind: Kind, spec: Json): Promise<string | null> {
  try {
    await create(kind, "tried", spec, { dryRun: "All" });
    return null;
  } catch (error) {
    if (error instanceof AppError && error.reason === "Invalid") return error.message;
    throw error;
  }
}

describe.each(["inferenceservices", "models"] as const)("the definition of %s", (kind) => {
  it("is accepted without a complaint", async () => {
    const stored = (await cluster.http.json({ path: `${CRDS}/${kind}.inference.llmkube.dev` })) as {
      status: { conditions: { type: string; status: string }[] };
    };
    const held = stored.status.conditions.filter(({ status }) => status === "True");
    expect(held.map(({ type }) => type).sort()).toEqual(["Established", "NamesAccepted"]);
  });

  it("is kept as it was written", async () => {
    const stored = (await cluster.http.json({ path: `${CRDS}/${kind}.inference.llmkube.dev` })) as {
      spec: object;
    };
    expect(stored.spec).toMatchObject(readDefinition(kind).spec);
  });
});

describe("every field", () => {
  it.each(EVERY_SERVICE_FIELD.map((spec, index) => [index, spec] as const))(
    "of an InferenceService's spec is kept, strictly (%i)",
    async (index, spec) => {
      const stored = await create("inferenceservices", `every-${String(index)}`, spec);
      expect(stored.spec).toMatchObject(spec);
    },
  );

  it.each(EVERY_MODEL_FIELD.map((spec, index) => [index, spec] as const))(
    "of a Model's spec is kept, strictly (%i)",
    async (index, spec) => {
      const stored = await create("models", `every-${String(index)}`, spec);
      expect(stored.spec).toMatchObject(spec);
    },
  );

  it("of their status is kept, strictly", async () => {
    const service = await setStatus("inferenceservices", "every-0", EVERY_SERVICE_STATUS_FIELD);
    expect(service.status).toEqual(EVERY_SERVICE_STATUS_FIELD);
    const model = await setStatus("models", "every-0", EVERY_MODEL_STATUS_FIELD);
    expect(model.status).toEqual(EVERY_MODEL_STATUS_FIELD);
  });

  it("LLMKube does not have is dropped, and refused where strict", async () => {
    const spec = { modelRef: "m", modelCache: { claimNames: "x" }, other: 1 };
    const loose = await create("inferenceservices", "loose", spec, { fieldValidation: "Ignore" });
    expect(loose.spec).not.toHaveProperty("other");
    expect(loose.spec["modelCache"]).toEqual({});
    await expect(create("inferenceservices", "strict", spec)).rejects.toThrow(/spec.other/);
  });

  it("that has a default is filled in, where its parent is there", async () => {
    const bare = await create("inferenceservices", "bare", { modelRef: "m" });
    expect(bare.spec).toEqual({
      modelRef: "m",
      replicas: 1,
      suspend: false,
      runtime: "llamacpp",
      priority: "normal",
    });
    const parents = await create("inferenceservices", "parents", {
      modelRef: "m",
      endpoint: {},
      autoscaling: { maxReplicas: 2 },
      resources: { gpuSharing: {} },
      rolloutPolicy: {},
      disruption: {},
      slo: { objective: "99" },
      vllmConfig: { speculative: {} },
      sglangConfig: { speculative: {} },
    });
    expect(parents.spec).toMatchObject({
      endpoint: { port: 8080, path: "/v1/chat/completions", type: "ClusterIP" },
      autoscaling: { minReplicas: 1 },
      resources: { gpuSharing: { mode: "exclusive" } },
      rolloutPolicy: { idleTimeoutSeconds: 300 },
      disruption: { protectStartup: true },
      slo: { window: "28d", indicator: "availability" },
      vllmConfig: { kvCacheDtype: "auto", speculative: { numSpeculativeTokens: 4 } },
      sglangConfig: { kvCacheDtype: "auto", speculative: { numDraftTokens: 4 } },
    });
    const model = await create("models", "bare", { source: "org/repo" });
    expect(model.spec).toEqual({
      source: "org/repo",
      format: "gguf",
      refreshPolicy: "IfNotPresent",
    });
    const hardware = { gpu: { sharding: {} } };
    expect(
      (await create("models", "parents", { source: "org/repo", hardware })).spec,
    ).toMatchObject({
      hardware: { accelerator: "cpu", gpu: { vendor: "nvidia", sharding: { strategy: "layer" } } },
    });
  });
});

const aService = (spec: Json) => ({ modelRef: "m", ...spec });
const drafting = (spec: Json) => aService({ speculativeDecoding: spec });
const sharing = (spec: Json) => aService({ resources: { gpuSharing: spec } });
const objective = (value: string) => aService({ slo: { objective: value } });
const gpu = (spec: Json) => ({ source: "org/repo", hardware: { gpu: spec } });
const claim = (more: Json) => ({ name: "gpu", ...more });

/** Each rule by its message, with what it lets pass and what it refuses. */
const RULES: readonly (readonly [Kind, string, readonly Json[], readonly Json[]])[] = [
  [
    "inferenceservices",
    "claimName needs a cache that persists",
    [
      aService({ modelCache: { claimName: "c" } }),
      aService({ modelCache: { claimName: "c", persistence: "Cached" } }),
      aService({ modelCache: { persistence: "Ephemeral" } }),
    ],
    [aService({ modelCache: { claimName: "c", persistence: "Ephemeral" } })],
  ],
  [
    "inferenceservices",
    "drafts with weights",
    [
      drafting({ type: "draft", draftModelRef: "d" }),
      drafting({ type: "draft-dspark", draftModel: "d.gguf" }),
      drafting({ type: "draft-mtp" }),
      drafting({ type: "ngram-mod" }),
    ],
    [
      ...["draft", "draft-simple", "draft-eagle3", "draft-dflash", "draft-dspark"].map((type) =>
        drafting({ type }),
      ),
      drafting({ type: "draft", draftModelRef: "" }),
    ],
  ],
  [
    "inferenceservices",
    "takes no draft weights",
    [
      drafting({ type: "draft-mtp", draftModelRef: "d" }),
      drafting({ type: "none", draftModelRef: "" }),
    ],
    [
      ...["none", "disabled", "mtp", "ngram-cache"].map((type) =>
        drafting({ type, draftModelRef: "d" }),
      ),
      drafting({ type: "ngram-simple", draftModel: "d.gguf" }),
    ],
  ],
  [
    "inferenceservices",
    "one of draftModelRef and draftModel",
    [drafting({ type: "draft", draftModelRef: "", draftModel: "d.gguf" })],
    [drafting({ type: "draft", draftModelRef: "d", draftModel: "d.gguf" })],
  ],
  [
    "inferenceservices",
    "mode partitioned needs a profile",
    [sharing({ mode: "partitioned", profile: "1g.24gb" })],
    [sharing({ mode: "partitioned" }), sharing({ mode: "partitioned", profile: "" })],
  ],
  [
    "inferenceservices",
    "a profile is only for mode partitioned",
    [sharing({ profile: "" }), sharing({ mode: "shared" })],
    [sharing({ profile: "1g.24gb" }), sharing({ mode: "shared", profile: "1g.24gb" })],
  ],
  [
    "inferenceservices",
    "memoryLimitGiB is only for mode shared",
    [sharing({ mode: "shared", memoryLimitGiB: 8 })],
    [sharing({ memoryLimitGiB: 8 }), sharing({ mode: "exclusive", memoryLimitGiB: 8 })],
  ],
  [
    "inferenceservices",
    "between 50 and 99.999",
    [objective("50"), objective("99.999")],
    [objective("49.9"), objective("100")],
  ],
  [
    "inferenceservices",
    "needs a latencyThreshold",
    [aService({ slo: { objective: "99", indicator: "latency", latencyThreshold: "2" } })],
    [aService({ slo: { objective: "99", indicator: "latency" } })],
  ],
  [
    "models",
    "resourceName or resourceClaims",
    [gpu({ resourceName: "a/b" }), gpu({ resourceName: "a/b", resourceClaims: [] })],
    [gpu({ resourceName: "a/b", resourceClaims: [claim({ resourceClaimName: "c" })] })],
  ],
  [
    "models",
    "resourceClaimName or a resourceClaimTemplateName",
    [
      gpu({
        resourceClaims: [
          claim({ resourceClaimName: "c" }),
          claim({ resourceClaimTemplateName: "t" }),
        ],
      }),
    ],
    [
      gpu({ resourceClaims: [claim({})] }),
      gpu({ resourceClaims: [claim({ resourceClaimName: "c", resourceClaimTemplateName: "t" })] }),
    ],
  ],
];

describe("the rules", () => {
  it.each(RULES)('of %s, "%s", let pass and refuse', async (kind, message, good, bad) => {
    for (const spec of good) expect(await refusalOf(kind, spec), JSON.stringify(spec)).toBeNull();
    for (const spec of bad) {
      expect(await refusalOf(kind, spec), JSON.stringify(spec)).toContain(message);
    }
  });

  it("are all of them tried here", () => {
    const count = (schema: object): number =>
      Object.entries(schema).reduce(
        (sum, [key, value]: [string, unknown]) =>
          sum +
          (key === "x-kubernetes-validations" ? (value as unknown[]).length : 0) +
          (typeof value === "object" && value !== null ? count(value) : 0),
        0,
      );
    const written = (["inferenceservices", "models"] as const).map((kind) =>
      count(schemaOf(readDefinition(kind), "spec")),
    );
    expect(written).toEqual([
      RULES.filter(([kind]) => kind === "inferenceservices").length,
      RULES.filter(([kind]) => kind === "models").length,
    ]);
  });

  it.each([
    ["inferenceservices", "spec.modelRef", {}],
    ["inferenceservices", "spec.replicas", aService({ replicas: 11 })],
    ["inferenceservices", "spec.runtime", aService({ runtime: "ollama" })],
    ["inferenceservices", "spec.turboQuantBits", aService({ turboQuantBits: 4 })],
    [
      "inferenceservices",
      "spec.resources.ephemeralStorage",
      aService({ resources: { ephemeralStorage: "big" } }),
    ],
    ["inferenceservices", "spec.endpoint.nodePort", aService({ endpoint: { nodePort: 80 } })],
    ["inferenceservices", "spec.autoscaling.maxReplicas", aService({ autoscaling: {} })],
    ["inferenceservices", "spec.speculativeDecoding.type", drafting({ nDraftMax: 1 })],
    [
      "inferenceservices",
      "spec.tolerations[0].tolerationSeconds",
      aService({ tolerations: [{ tolerationSeconds: "x" }] }),
    ],
    ["inferenceservices", "spec.env[0].name", aService({ env: [{ value: "x" }] })],
    ["models", "spec.source", {}],
    ["models", "spec.source", { source: "org/repo@rev" }],
    ["models", "spec.source", { source: "HTTPS://example.com/x" }],
    ["models", "spec.sha256", { source: "org/repo", sha256: "abc" }],
    ["models", "spec.hardware.gpu.resourceName", gpu({ resourceName: "gpu" })],
    ["models", "spec.hardware.gpu.layers", gpu({ layers: -2 })],
  ] as const)("%s: a wrong %s is refused by its name", async (kind, field, spec) => {
    expect(await refusalOf(kind, spec)).toContain(field);
  });
});

describe("scale", () => {
  it("reads the wanted number from the spec and the present one from the status, with no selector", async () => {
    const path = `${collection("inferenceservices")}/every-0/scale`;
    expect(await cluster.http.json({ path })).toMatchObject({
      kind: "Scale",
      spec: {}, // replicas 0 is left out
      status: { replicas: 2 },
    });
    const scaled = (await cluster.http.json({
      method: "PATCH",
      path,
      body: { spec: { replicas: 3 } },
      contentType: "application/merge-patch+json",
    })) as Answer;
    expect(scaled.spec).toEqual({ replicas: 3 });
    expect(scaled.status).not.toHaveProperty("selector");
    const service = (await cluster.http.json({
      path: `${collection("inferenceservices")}/every-0`,
    })) as Answer;
    expect(service.spec["replicas"]).toBe(3);
  });
});
