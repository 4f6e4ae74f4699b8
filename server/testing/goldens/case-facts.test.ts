import { describe, expect, it } from "vitest";

import { planClaim } from "@/server/domain/claim-selection";
import { planDeployment } from "@/server/domain/deployment/build-deployment";
import { NO_IMPROVEMENTS } from "@/server/domain/improvements";
import { planModelStatus } from "@/server/domain/model/plan-model-status";
import type { InferenceService, Model, PodSpec } from "@/server/domain/objects";
import { planAdviceEvents } from "@/server/domain/operator-events";
import { completeOperatorSettings, parseOperatorFlags } from "@/server/domain/operator-flags";
import { aModel, anInferenceService } from "@/server/testing/builders";

const PHI = "https://huggingface.co/acme/Phi-Small-GGUF/resolve/main/phi-small.Q4_K_M.gguf";
const LLAMA = "https://huggingface.co/acme/Llama-Mid-GGUF/resolve/main/llama-mid.Q5_K_M.gguf";
const NOW = "2026-03-01T12:00:00Z";
const SHARED = "llmkube-model-cache";
const BOTH = ["model-cache-prep", "model-downloader"];

type Spec = Partial<InferenceService["spec"]>;
type Facts = {
  /** `volume=claim`, or `volume=kind` for another source. */
  readonly volumes: readonly string[];
  readonly inits: readonly string[];
  readonly modelPath: string;
  readonly events: readonly string[];
  /** Whether LLMKube wants a claim to exist before it makes a pod. */
  readonly needsClaim: boolean;
};

/** A Model as the built-in operator leaves it. */
function resolved(name: string, spec: Model["spec"], flags: readonly string[]): Model {
  const { metadata } = aModel({ metadata: { name, namespace: "ns" } });
  const model: Model = { metadata, spec };
  const settings = completeOperatorSettings(parseOperatorFlags(flags).settings);
  const plan = planModelStatus({
    model,
    claim: null,
    nodes: null,
    settings,
    improvements: NO_IMPROVEMENTS,
    now: NOW,
  });
  return plan === null ? model : { ...model, status: plan.status };
}

type Subject = Pick<
  Parameters<typeof planDeployment>[0],
  "service" | "model" | "draft" | "settings"
>;

function subjectOf({ model, draft, service, flags = [] }: Row): Subject {
  return {
    settings: completeOperatorSettings(parseOperatorFlags(flags).settings),
    service: {
      metadata: anInferenceService({ metadata: { name: "chat", namespace: "ns" } }).metadata,
      spec: { modelRef: model[0], resources: { cpu: "2", memory: "4Gi" }, ...service },
    },
    model: resolved(...model, flags),
    draft: draft ? resolved(...draft, flags) : null,
  };
}

function podOf(subject: Subject): NonNullable<PodSpec> {
  const plan = planDeployment({ ...subject, replicas: 1 });
  if (plan.kind === "fault") throw new Error(plan.message);
  return plan.deployment.spec.template.spec ?? { containers: [] };
}

function factsOf(row: Row): Facts {
  const subject = subjectOf(row);
  const pod = podOf(subject);
  const events = planAdviceEvents({ ...subject, improvements: NO_IMPROVEMENTS });
  return {
    volumes: (pod.volumes ?? []).map(({ name, persistentVolumeClaim: claim, ...source }) =>
      claim ? `${name}=${claim.claimName}` : `${name}=${Object.keys(source).join()}`,
    ),
    inits: (pod.initContainers ?? []).map(({ name }) => name),
    modelPath: pod.containers[0]?.args?.find((arg) => arg.startsWith("/")) ?? "",
    events: events.map(({ reason }) => reason).sort(),
    needsClaim: planClaim(subject).needsClaim,
  };
}

type Row = {
  readonly model: readonly [name: string, spec: Model["spec"]];
  readonly draft?: readonly [name: string, spec: Model["spec"]];
  readonly service?: Spec;
  readonly flags?: readonly string[];
};
const onUserClaim = { modelCache: { claimName: "user-models" } };
const ephemeral = (ephemeralStorage?: string): Spec => ({
  modelCache: { persistence: "Ephemeral" },
  ...(ephemeralStorage && { resources: { ephemeralStorage } }),
});
const cachedOn = (claim: string, modelPath: string, patch: Partial<Facts> = {}): Facts => ({
  volumes: [`model-cache=${claim}`],
  inits: BOTH,
  modelPath,
  events: [],
  needsClaim: true,
  ...patch,
});
const onScratch = (modelPath: string, patch: Partial<Facts> = {}): Facts => ({
  volumes: ["model-storage=emptyDir"],
  inits: ["model-downloader"],
  modelPath,
  events: [],
  needsClaim: false,
  ...patch,
});
const PHI_PATH = "/models/db7ab10e94f90e98/phi.gguf";
const phi = ["phi", { source: PHI }] as const;
const hinted = { events: ["MissingSkipModelInit"] };
const ignored = { events: ["ModelCacheClaimIgnored"] };
const OFF = ["--model-cache-path="];

/** What the recorded cases of the real operator show of storage, each by its number. */
const ROWS: readonly (readonly [string, Row, Facts])[] = [
  ["01 the shared claim", { model: phi }, cachedOn(SHARED, PHI_PATH)],
  [
    "02 a claim for each service",
    { model: phi, flags: ["--model-cache-mode=perService"] },
    cachedOn("chat-model-cache", PHI_PATH),
  ],
  ["03 the user's claim", { model: phi, service: onUserClaim }, cachedOn("user-models", PHI_PATH)],
  [
    "04 several files, folders kept",
    {
      model: [
        "qwen",
        { source: "hf://acme/Qwen-Split-GGUF", files: ["q4/qwen-00001-of-00002.gguf", "q4/b"] },
      ],
      service: onUserClaim,
    },
    cachedOn("user-models", "/models/ca98f5c045d146d8/q4/qwen-00001-of-00002.gguf", hinted),
  ],
  [
    "05 a projector",
    {
      model: [
        "vision",
        { source: "hf://acme/Vision-GGUF", files: ["vision-Q4_K_M.gguf"], mmproj: "m.gguf" },
      ],
      service: onUserClaim,
    },
    cachedOn("user-models", "/models/8d8295eb8f1073da/vision-Q4_K_M.gguf", hinted),
  ],
  [
    "09 caching off",
    { model: phi, service: onUserClaim, flags: OFF },
    onScratch("/models/ns-phi.gguf", ignored),
  ],
  ["09 caching off, no claim named", { model: phi, flags: OFF }, onScratch("/models/ns-phi.gguf")],
  [
    "09 caching off, several files",
    {
      model: ["qwen", { source: "hf://acme/Qwen-Split-GGUF", files: ["q4/a.gguf", "q4/b.gguf"] }],
      service: onUserClaim,
      flags: OFF,
    },
    onScratch("/models/ns-qwen/q4/a.gguf", {
      events: ["MissingSkipModelInit", "ModelCacheClaimIgnored"],
    }),
  ],
  [
    "10 a repository without files has no key",
    { model: ["hfrepo", { source: "hf://acme/Repo-Only" }], service: onUserClaim },
    onScratch("/models/ns-hfrepo.gguf", {
      events: ["MissingSkipModelInit", "ModelCacheClaimIgnored"],
    }),
  ],
  [
    "11 ephemeral within a budget",
    { model: phi, service: ephemeral("40Gi") },
    onScratch("/models/ns-phi.gguf"),
  ],
  [
    "11 ephemeral without one",
    { model: phi, service: ephemeral() },
    onScratch("/models/ns-phi.gguf", { events: ["UnboundedEphemeralCache"] }),
  ],
  [
    "11 ephemeral, several files",
    {
      model: ["multi", { source: "hf://acme/Qwen-Split-GGUF", files: ["a.gguf", "b.gguf"] }],
      service: ephemeral("40Gi"),
    },
    onScratch("/models/ns-multi/a.gguf", hinted),
  ],
  [
    "11 Cached, said in words",
    { model: phi, service: { modelCache: { persistence: "Cached" } } },
    cachedOn(SHARED, PHI_PATH),
  ],
  [
    "17 another Model on the same claim",
    { model: ["llama", { source: LLAMA }], service: onUserClaim },
    cachedOn("user-models", "/models/9bc2fb4e1a0f865a/llama.gguf"),
  ],
  [
    "18 a draft on the same claim",
    {
      model: ["target", { source: LLAMA }],
      draft: ["draft", { source: PHI }],
      service: { ...onUserClaim, speculativeDecoding: { type: "draft", draftModelRef: "draft" } },
    },
    cachedOn("user-models", "/models/9bc2fb4e1a0f865a/target.gguf", {
      inits: [...BOTH, "draft-model-downloader"],
    }),
  ],
  [
    "19 a bucket",
    { model: ["obj", { source: "s3://bucket-a/models/obj.Q4.gguf" }], service: onUserClaim },
    cachedOn("user-models", "/models/04f8662c01adceb6/obj.gguf"),
  ],
  [
    "21 vLLM gets the folder of files",
    {
      model: [
        "st",
        { source: "hf://acme/Tiny-Safetensors", format: "safetensors", files: ["config.json"] },
      ],
      service: { ...onUserClaim, runtime: "vllm" },
    },
    cachedOn("user-models", "/models/a6c5c57bfe4ce842", hinted),
  ],
  [
    "30 certificates of the operator's",
    { model: phi, service: onUserClaim, flags: ["--ca-cert-configmap=corp-ca"] },
    cachedOn("user-models", PHI_PATH, {
      volumes: ["model-cache=user-models", "custom-ca-cert=configMap"],
    }),
  ],
];

describe("facts of the recorded cases", () => {
  it.each(ROWS)("%s", (_title, row, facts) => {
    expect(factsOf(row)).toEqual(facts);
  });
});
