import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { fieldsOf, pathsIn, readDefinition, schemaOf } from "@/server/testing/definitions";
import {
  EVERY_MODEL_FIELD,
  EVERY_MODEL_STATUS_FIELD,
  EVERY_SERVICE_FIELD,
  EVERY_SERVICE_STATUS_FIELD,
} from "@/server/testing/every-field";

const services = readDefinition("inferenceservices");
const models = readDefinition("models");
const column = (name: string, jsonPath: string, more: object = {}) => ({
  name,
  type: "string",
  jsonPath,
  ...more,
});
const AGE = column("Age", ".metadata.creationTimestamp", { type: "date" });
const WIDE = { priority: 1 };

const QUANTITY = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
const DECIMAL = "^[0-9]+(\\.[0-9]+)?$";
const RESOURCE = "^[a-z0-9.\\-]+/[a-z0-9._\\-]+$";

/** What LLMKube's own definitions demand and fill in. */
const SERVICE_FACTS: Readonly<Record<string, object>> = {
  "modelCache.persistence": { enum: ["Cached", "Ephemeral"] },
  "modelCache.claimName": { minLength: 1, maxLength: 253 },
  replicas: { default: 1, minimum: 0, maximum: 10, format: "int32" },
  suspend: { default: false },
  "autoscaling.minReplicas": { default: 1, minimum: 1, maximum: 10 },
  "autoscaling.maxReplicas": { minimum: 1, maximum: 100 },
  "autoscaling.metrics[].type": { enum: ["Pods", "Resource"] },
  revisionHistoryLimit: { minimum: 0 },
  runtime: {
    default: "llamacpp",
    enum: ["llamacpp", "llamacpp-router", "personaplex", "vllm", "tgi", "sglang", "generic"],
  },
  mode: { enum: ["chat", "embedding", "rerank"] },
  "resources.gpu": { minimum: 0, maximum: 8 },
  "resources.ephemeralStorage": { pattern: QUANTITY },
  "resources.gpuSharing.mode": {
    default: "exclusive",
    enum: ["exclusive", "shared", "partitioned"],
  },
  "resources.gpuSharing.memoryLimitGiB": { minimum: 1 },
  priority: { default: "normal", enum: ["critical", "high", "normal", "low", "batch"] },
  "endpoint.port": { default: 8080, minimum: 1, maximum: 65535 },
  "endpoint.path": { default: "/v1/chat/completions" },
  "endpoint.type": { default: "ClusterIP", enum: ["ClusterIP", "NodePort", "LoadBalancer"] },
  "endpoint.nodePort": { minimum: 30000, maximum: 32767 },
  containerPort: { minimum: 1, maximum: 65535 },
  "rolloutPolicy.idleTimeoutSeconds": { default: 300, minimum: 0 },
  "disruption.protectStartup": { default: true },
  maxPodLifetimeSeconds: { minimum: 1, format: "int64" },
  maxPodLifetimeIdleTimeoutSeconds: { minimum: 0, format: "int64" },
  "speculativeDecoding.draftModel": { minLength: 1, maxLength: 253 },
  "speculativeDecoding.nDraftMax": { minimum: 1 },
  "speculativeDecoding.pMin": { minimum: 0, maximum: 1 },
  contextSize: { minimum: 128, maximum: 2097152 },
  "ropeScaling.type": { enum: ["linear", "yarn", "longrope"] },
  "ropeScaling.factor": { pattern: DECIMAL },
  parallelSlots: { minimum: 1, maximum: 64 },
  batchSize: { minimum: 1, maximum: 16384 },
  turboQuantBits: { enum: [3, 6, 8] },
  "vllmConfig.kvCacheDtype": { default: "auto", enum: ["auto", "fp8_e5m2", "fp8_e4m3"] },
  "vllmConfig.speculative.numSpeculativeTokens": { default: 4, minimum: 1, maximum: 16 },
  "sglangConfig.speculative.numDraftTokens": { default: 4, minimum: 1 },
  "slo.window": { default: "28d", pattern: "^[0-9]+[mhdw]$" },
  "slo.indicator": { default: "availability", enum: ["availability", "latency"] },
};
const MODEL_FACTS: Readonly<Record<string, object>> = {
  source: {
    pattern: "^(https?|file|pvc|hf|s3)://.*|^/[^\\s]+$|^[a-zA-Z0-9][\\w\\-\\.\\/]+$",
  },
  sha256: { pattern: "^[a-fA-F0-9]{64}$" },
  refreshPolicy: { default: "IfNotPresent", enum: ["IfNotPresent", "OnChange"] },
  format: { default: "gguf", enum: ["gguf", "mlx", "safetensors", "pytorch", "custom"] },
  "hardware.accelerator": {
    default: "cpu",
    enum: ["cpu", "metal", "cuda", "rocm", "intel", "vulkan"],
  },
  "hardware.gpu.count": { minimum: 0, maximum: 8 },
  "hardware.gpu.vendor": { default: "nvidia", enum: ["nvidia", "amd", "intel"] },
  "hardware.gpu.resourceName": { pattern: RESOURCE },
  "hardware.gpu.tolerationKey": { pattern: RESOURCE },
  "hardware.gpu.runtime": { enum: ["vulkan", "rocm"] },
  "hardware.gpu.layers": { minimum: -1 },
  "hardware.gpu.sharding.strategy": {
    default: "layer",
    enum: ["layer", "tensor", "row", "pipeline", "none"],
  },
  "hardware.gpu.resourceClaims": { maxItems: 16 },
};

describe("crds/", () => {
  it.each([
    ["InferenceService", services, "isvc", 67, ["modelRef"]],
    ["Model", models, "mdl", 12, ["source"]],
  ] as const)("%s is the kind that LLMKube has", (kind, definition, short, fields, required) => {
    const { group, scope, names, versions } = definition.spec;

    expect({ group, scope }).toEqual({ group: "inference.llmkube.dev", scope: "Namespaced" });
    expect(names).toMatchObject({ kind, listKind: `${kind}List`, shortNames: [short] });
    expect(versions).toMatchObject([{ name: "v1alpha1", served: true, storage: true }]);
    const spec = schemaOf(definition, "spec");
    expect(Object.keys(spec.properties ?? {})).toHaveLength(fields);
    expect(spec["required"]).toEqual(required);
  });

  it("has LLMKube's columns", () => {
    expect(services.spec.versions[0].additionalPrinterColumns).toEqual([
      column("Phase", ".status.phase"),
      column("Model", ".spec.modelRef"),
      column("Replicas", ".status.readyReplicas"),
      column("Reason", ".status.schedulingStatus", WIDE),
      column("Queue", ".status.queuePosition", { type: "integer", ...WIDE }),
      column("Priority", ".spec.priority", WIDE),
      column("Endpoint", ".status.endpoint"),
      AGE,
    ]);
    expect(models.spec.versions[0].additionalPrinterColumns).toEqual([
      column("Phase", ".status.phase"),
      column("Size", ".status.size"),
      column("Accelerator", ".spec.hardware.accelerator"),
      column("Arch", ".status.gguf.architecture", WIDE),
      AGE,
    ]);
  });

  it("has LLMKube's subresources: scaling without a selector", () => {
    const scale = { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" };
    expect(services.spec.versions[0].subresources).toEqual({ status: {}, scale });
    expect(models.spec.versions[0].subresources).toEqual({ status: {} });
  });

  it("has no type where LLMKube has none: a bad quantity is the operator's to tell", () => {
    const fields = new Map(fieldsOf(schemaOf(services, "spec")));
    for (const name of ["cpu", "memory", "hostMemory"])
      expect(fields.get(`resources.${name}`)).not.toHaveProperty("pattern");
  });

  it.each([
    ["InferenceService", services, SERVICE_FACTS],
    ["Model", models, MODEL_FACTS],
  ] as const)("%s demands and fills in what LLMKube does", (_kind, definition, facts) => {
    const fields = Object.fromEntries(fieldsOf(schemaOf(definition, "spec")));
    expect(fields).toMatchObject(facts);
    const defaults = Object.entries(fields).filter(([, field]) => field.default !== undefined);
    const known = Object.entries(facts).filter(([, fact]) => "default" in fact);
    const others = ["sglangConfig.kvCacheDtype"]; // as vllmConfig's
    expect(
      defaults
        .map(([path]) => path)
        .filter((path) => !others.includes(path))
        .sort(),
    ).toEqual(known.map(([path]) => path).sort());
  });

  it.each([
    ["InferenceService spec", schemaOf(services, "spec"), EVERY_SERVICE_FIELD],
    ["InferenceService status", schemaOf(services, "status"), [EVERY_SERVICE_STATUS_FIELD]],
    ["Model spec", schemaOf(models, "spec"), EVERY_MODEL_FIELD],
    ["Model status", schemaOf(models, "status"), [EVERY_MODEL_STATUS_FIELD]],
  ] as const)("%s: the objects of the other tests leave out no field", (_what, schema, objects) => {
    const used = new Set(objects.flatMap((object) => pathsIn(object)));
    const missing = fieldsOf(schema).filter(([path]) => !used.has(path));
    expect(missing.map(([path]) => path)).toEqual([]);
  });

  it("declares every field that the rules read", () => {
    const declared = new Set(
      [services, models].flatMap((definition) =>
        (["spec", "status"] as const).flatMap((part) =>
          fieldsOf(schemaOf(definition, part)).map(([path]) => path.replace(/^.*[.\]]/, "")),
        ),
      ),
    );
    const undeclared = fieldsRead(join(import.meta.dirname, "..", "domain")).filter(
      ({ field }) => !declared.has(field),
    );
    expect(undeclared).toEqual([]);
  });
});

/** Fields that the sources read by name from what the types leave open: `spec["x"]`, `config["x"]`, and `{ x }: Config`. */
function fieldsRead(folder: string): { field: string; file: string }[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.startsWith("deployment/") || /^[\w-]+\.ts$/.test(file))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const named = [...text.matchAll(/\b(?:spec|config|rope|gpu|disruption)\["(\w+)"\]/g)];
      const taken = [...text.matchAll(/\{([^{}]*)\}: Config\b/g)].flatMap(([, inside = ""]) => [
        ...inside.matchAll(/(?:^|,)\s*(\w+)/g),
      ]);
      return [...named, ...taken].map(([, field = ""]) => ({ field, file }));
    });
}
