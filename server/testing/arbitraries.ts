import fc from "fast-check";

import type { InferenceService, Model } from "@/server/domain/objects";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { aModel, anInferenceService } from "./builders";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}[a-z0-9]$/);
/** What a person may type where the schema lets any text through. */
const anyText = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const path = fc
  .array(
    fc.oneof(
      name,
      anyText.map((text) => text.replaceAll("/", "_")),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join("/"));
const quantity = fc.oneof(
  fc.constantFrom("1", "500m", "4Gi", "1e3", "", "lots", "-1", "1.5Ti"),
  anyText,
);
const repository = fc.tuple(name, name).map((parts) => parts.join("/"));

/** A source of any of the forms that the schema of a Model lets through. */
export const sources: fc.Arbitrary<string> = fc.oneof(
  path.map((rest) => `https://models.example.com/${rest}`),
  repository.map((rest) => `https://huggingface.co/${rest}/resolve/main/model.gguf`),
  repository.map((rest) => `hf://${rest}`),
  repository.map((rest) => `hf://${rest}@v1`),
  repository,
  path.map((rest) => `s3://bucket/${rest}`),
  path.map((rest) => `pvc://staged/${rest}`),
  path.map((rest) => `file:///srv/${rest}`),
  anyText.map((rest) => `https://${rest}`),
  anyText.map((rest) => `pvc://${rest}`),
  anyText.map((rest) => `s3://${rest}`),
);

const gpu = fc.record(
  {
    count: fc.integer({ min: 0, max: 8 }),
    vendor: fc.constantFrom("nvidia", "amd", "intel", "", "NVIDIA"),
    runtime: fc.constantFrom("vulkan", "rocm"),
    resourceName: fc.constantFrom("", "x/gpu"),
    layers: fc.integer({ min: -1, max: 99 }),
    resourceClaims: fc.array(fc.record({ name }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

/** A Model at any time of its life. */
export const models: fc.Arbitrary<Model> = fc
  .record({
    name,
    spec: fc.record(
      {
        source: sources,
        refreshPolicy: fc.constantFrom("IfNotPresent" as const, "OnChange" as const),
        format: fc.constantFrom("gguf", "safetensors", "mlx"),
        files: fc.array(fc.oneof(path, anyText), { maxLength: 3 }),
        mmproj: fc.oneof(path, fc.constant("")),
        sourceSecretRef: fc.record({ name }),
        hardware: fc.record(
          { accelerator: fc.constantFrom("cpu", "cuda", "metal", "vulkan"), gpu },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ["source"] },
    ),
    status: fc.option(
      fc.record(
        {
          phase: fc.constantFrom("Pending", "Ready", "Failed"),
          cacheKey: fc.oneof(fc.constant(""), fc.stringMatching(/^[0-9a-f]{16}$/)),
          path: fc.oneof(path, fc.constant("")),
          gguf: fc.record({ modelName: anyText }, { requiredKeys: [] }),
        },
        { requiredKeys: ["phase"] },
      ),
      { nil: undefined },
    ),
  })
  .map(({ name: own, spec, status }) => {
    const base = aModel();
    const object = { ...base, metadata: { ...base.metadata, name: own }, spec };
    return status === undefined ? { ...object, status: {} } : { ...object, status };
  });

const modelCache = fc.record(
  {
    claimName: fc.oneof(name, fc.constantFrom("a/b", "Not_A_DNS_Name", ""), anyText),
    persistence: fc.constantFrom("Cached" as const, "Ephemeral" as const),
  },
  { requiredKeys: [] },
);
const resources = fc.record(
  {
    cpu: quantity,
    memory: quantity,
    hostMemory: quantity,
    ephemeralStorage: quantity,
    gpu: fc.integer({ min: 0, max: 8 }),
    gpuSharing: fc.record(
      {
        mode: fc.constantFrom("exclusive", "shared", "partitioned"),
        profile: fc.constantFrom("1g.24gb", "big"),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** A service with any mixture of settings, sensible or not. */
export const services: fc.Arbitrary<InferenceService> = fc
  .record({
    name,
    spec: fc.record(
      {
        modelRef: name,
        modelCache,
        resources,
        replicas: fc.integer({ min: 0, max: 10 }),
        suspend: fc.boolean(),
        skipModelInit: fc.boolean(),
        runtime: fc.constantFrom(
          ...["llamacpp", "llamacpp-router", "personaplex", "vllm", "tgi", "sglang", "generic", ""],
        ),
        image: fc.oneof(anyText, fc.constant("")),
        podLabels: fc.dictionary(name, name, { maxKeys: 2 }),
        extraArgs: fc.array(anyText, { maxLength: 2 }),
        nodeSelector: fc.dictionary(name, name, { maxKeys: 2 }),
        speculativeDecoding: fc.record(
          {
            type: fc.constantFrom("none", "draft", "draft-eagle3", "mtp"),
            draftModelRef: name,
            draftModel: path,
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ["modelRef"] },
    ),
  })
  .map(({ name: own, spec }) => {
    const base = anInferenceService();
    return { ...base, metadata: { ...base.metadata, name: own }, spec };
  });

/** Settings of an operator. */
export const operatorSettings: fc.Arbitrary<OperatorSettings> = fc
  .record({
    cachePath: fc.constantFrom("", "/models"),
    cacheMode: fc.constantFrom("shared" as const, "perService" as const),
    cacheSize: fc.constantFrom("100Gi", "much"),
    cacheStorageClass: fc.constantFrom("", "local-nvme"),
    cacheAccessMode: fc.constantFrom("ReadWriteOnce" as const, "ReadWriteMany" as const),
    defaultFsGroup: fc.constantFrom(0, 102),
    caCertConfigMap: fc.constantFrom("", "corporate-ca"),
    allowedHostPathRoots: fc.constantFrom([], ["/srv"]),
    claimRule: fc.constantFrom("asLLMKube" as const, "whereMounted" as const),
    sharedGpuPool: fc.constantFrom({}, { pool: "shared" }),
  })
  .map((settings) => ({ ...DEFAULT_OPERATOR_SETTINGS, ...settings }));
