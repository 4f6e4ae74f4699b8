import type { DemoClient } from "./demo-client";
import { holding, OPERATOR_LABELS } from "./prod";
import { createBoundClaim } from "./storage";
import { bytesOf, cacheKeyOf, WEIGHTS } from "./weights";
import { createForeignPod, createModel, createReadyModel, createService } from "./workloads";

const namespace = "research";
const TEAM = "team-cache";

/** Namespace `research`: where things go wrong, each in its own way. */
export function createResearch(demo: DemoClient): void {
  createClaims(demo);
  createOnTeamCache(demo);
  createFullDisk(demo);
  createPreStaged(demo);
  createEphemeral(demo);
  createNeverStamped(demo);
  createOnceOnlyClaim(demo);
  createRefusedSource(demo);
  createForeignPod(demo, {
    namespace,
    name: "dataset-sync-0",
    node: "node-5",
    age: "15d",
    image: "docker.io/rclone/rclone:1.71",
    claim: "datasets",
  });
}

function createClaims(demo: DemoClient): void {
  createBoundClaim(
    demo,
    {
      namespace,
      name: TEAM,
      size: "300Gi",
      storageClass: "nfs-rwx",
      accessMode: "ReadWriteMany",
      age: "55d",
    },
    { kind: "nfs", files: holding(WEIGHTS.coder, WEIGHTS.coderDraft, WEIGHTS.deepseek) },
  );
  createBoundClaim(
    demo,
    {
      namespace,
      name: "datasets",
      size: "2Ti",
      storageClass: "nfs-rwx",
      accessMode: "ReadWriteMany",
      age: "80d",
    },
    {
      kind: "nfs",
      files: {
        "bge-m3/bge-m3-f16.gguf": bytesOf("1.1 GiB"),
        "corpora/web-2026-05.parquet": 4.1e11,
      },
    },
  );
}

/** A target and its draft in one claim; a suspended service whose bytes stay; a download that is under way. */
function createOnTeamCache(demo: DemoClient): void {
  const shared = { namespace, claim: TEAM, gpus: 1 };
  createModel(demo, WEIGHTS.coder, { namespace, age: "9d", gpus: 1 });
  createModel(demo, WEIGHTS.coderDraft, { namespace, age: "9d", gpus: 1 });
  createService(demo, {
    ...shared,
    name: "qwen2.5-coder-32b",
    model: "qwen2.5-coder-32b",
    age: "9d",
    spec: { speculativeDecoding: { type: "draft", draftModelRef: "qwen2.5-coder-0.5b" } },
  });
  createModel(demo, WEIGHTS.deepseek, { namespace, age: "21d", gpus: 1 });
  createService(demo, {
    ...shared,
    name: "deepseek-r1-14b",
    model: "deepseek-r1-14b",
    age: "21d",
    spec: { suspend: true },
  });
  createModel(demo, WEIGHTS.gemma, { namespace, age: "3m", gpus: 1 });
  createService(demo, { ...shared, name: "gemma-3-27b", model: "gemma-3-27b", age: "1m" });
}

/** The shared claim holds two directories that no Model of the namespace knows, and so too little room for the next model. */
function createFullDisk(demo: DemoClient): void {
  createBoundClaim(
    demo,
    {
      namespace,
      name: "llmkube-model-cache",
      size: "80Gi",
      storageClass: "nfs-rwx",
      accessMode: "ReadWriteMany",
      age: "80d",
      labels: OPERATOR_LABELS,
    },
    {
      kind: "nfs",
      files: {
        ...holding(WEIGHTS.nomic),
        "9e2f61b0c4d7a853/llama-2-70b-chat.gguf": bytesOf("38.6 GiB"),
        "4d0b7cc1e95a2f38/vicuna-33b.gguf": bytesOf("19.4 GiB"),
      },
    },
  );
  createModel(demo, WEIGHTS.nomic, { namespace, age: "35d" });
  createService(demo, {
    namespace,
    name: "nomic-embed",
    model: "nomic-embed-text",
    age: "35d",
    spec: { mode: "embedding" },
  });
  createModel(demo, WEIGHTS.mixtral, { namespace, age: "1h", gpus: 1 });
  createService(demo, {
    namespace,
    name: "mixtral-8x7b",
    model: "mixtral-8x7b",
    age: "1h",
    gpus: 1,
  });
}

/** The model is on a volume already; the claim that the service names is not used. */
function createPreStaged(demo: DemoClient): void {
  const source = "pvc://datasets/bge-m3/bge-m3-f16.gguf";
  createReadyModel(demo, {
    namespace,
    name: "bge-m3-f16",
    age: "3d",
    source,
    status: {
      path: "/model-source/bge-m3/bge-m3-f16.gguf",
      cacheKey: cacheKeyOf(source),
      size: "1.1 GiB",
    },
    reason: "PVCModelReady",
  });
  createService(demo, {
    namespace,
    name: "embed-bge",
    model: "bge-m3-f16",
    age: "3d",
    replicas: 2,
    claim: TEAM,
    spec: { mode: "embedding" },
  });
}

/** Scratch space without a limit. */
function createEphemeral(demo: DemoClient): void {
  createModel(demo, WEIGHTS.reranker, { namespace, age: "6d" });
  createService(demo, {
    namespace,
    name: "rerank-v2",
    model: "bge-reranker-v2-m3",
    age: "6d",
    spec: { mode: "rerank", modelCache: { persistence: "Ephemeral" } },
  });
}

/** The provisioner's helper never reached the node: the volume's affinity names none. */
function createNeverStamped(demo: DemoClient): void {
  createBoundClaim(
    demo,
    { namespace, name: "phi-4-cache", size: "40Gi", storageClass: "local-nvme", age: "50m" },
    { kind: "local", node: "" },
  );
  createModel(demo, WEIGHTS.phi4, { namespace, age: "50m", gpus: 1 });
  createService(demo, {
    namespace,
    name: "phi-4",
    model: "phi-4",
    age: "45m",
    gpus: 1,
    claim: "phi-4-cache",
  });
}

/** A block volume is attached to gpu-1; the second service has to run on gpu-2. */
function createOnceOnlyClaim(demo: DemoClient): void {
  createBoundClaim(
    demo,
    { namespace, name: "lab-weights", size: "100Gi", storageClass: "standard", age: "16d" },
    { kind: "block", files: holding(WEIGHTS.granite) },
  );
  createModel(demo, WEIGHTS.granite, { namespace, age: "16d", gpus: 1 });
  const parts = { namespace, model: "granite-3.3-8b", gpus: 1, claim: "lab-weights" };
  createService(demo, {
    ...parts,
    name: "granite-3.3-8b",
    age: "16d",
    nodeSelector: { "kubernetes.io/hostname": "gpu-1" },
  });
  createService(demo, {
    ...parts,
    name: "granite-3.3-8b-eval",
    age: "35m",
    nodeSelector: { "kubernetes.io/hostname": "gpu-2" },
  });
}

/** A private repository: the source answers 401. */
function createRefusedSource(demo: DemoClient): void {
  createModel(demo, WEIGHTS.starcoder, { namespace, age: "2d", gpus: 1 });
  createService(demo, {
    namespace,
    name: "starcoder2-15b",
    model: "starcoder2-15b",
    age: "2d",
    gpus: 1,
    claim: TEAM,
  });
}
