import type { DemoClient } from "./demo-client";
import { buildServingDeployment } from "./serving-deployment";
import { createBoundClaim, createClaim } from "./storage";
import { bytesOf, cachedPath, cacheKeyOf, VOXTRAL, WEIGHTS, type Weights } from "./weights";
import {
  createForeignPod,
  createModel,
  createReadyModel,
  createService,
  createVoxtral,
} from "./workloads";

const namespace = "prod";
const SHARED = "llmkube-model-cache";

/** The directory entries of weights that are in a cache already. */
export function holding(...weights: readonly Weights[]): Record<string, number> {
  return Object.fromEntries(weights.map((one) => [cachedPath(one), bytesOf(one.size)]));
}

/** Labels of a claim that the operator made. */
export const OPERATOR_LABELS = {
  "app.kubernetes.io/name": "llmkube",
  "app.kubernetes.io/component": "model-cache",
  "app.kubernetes.io/managed-by": "llmkube-controller",
};

/** Namespace `prod`: mostly healthy, with the service that a first visitor can put right. */
export function createProd(demo: DemoClient): void {
  createSharedClaim(demo);
  createUserClaims(demo);
  createHealthyServices(demo);
  createMissingClaim(demo);
  createWrongNode(demo);
  createStaleKeyOnOwnClaim(demo);
  createGitopsOwned(demo);
  createOddClaims(demo);
}

/** What every service without a claim of its own uses. */
function createSharedClaim(demo: DemoClient): void {
  const voxtralKey = cacheKeyOf(VOXTRAL.source);
  createBoundClaim(
    demo,
    {
      namespace,
      name: SHARED,
      size: "500Gi",
      storageClass: "nfs-rwx",
      accessMode: "ReadWriteMany",
      age: "90d",
      labels: OPERATOR_LABELS,
    },
    {
      kind: "nfs",
      files: {
        ...holding(WEIGHTS.llama33, WEIGHTS.phi4mini, WEIGHTS.bge),
        ...Object.fromEntries(
          VOXTRAL.files.map(({ name, size }) => [`${voxtralKey}/${name}`, bytesOf(size)]),
        ),
      },
    },
  );
}

/** `models-nvme-a` on gpu-1 has plenty of room; `scratch-nvme` waits for its first consumer. */
function createUserClaims(demo: DemoClient): void {
  createBoundClaim(
    demo,
    { namespace, name: "models-nvme-a", size: "365Gi", storageClass: "local-nvme", age: "62d" },
    { kind: "local", node: "gpu-1", files: holding(WEIGHTS.llama31, WEIGHTS.codestral) },
  );
  createClaim(demo, {
    namespace,
    name: "scratch-nvme",
    size: "500Gi",
    storageClass: "local-nvme",
    age: "6h",
  });
}

/** One user claim with two services, and three services on the shared claim, one of them with two files. */
function createHealthyServices(demo: DemoClient): void {
  const gpu = { namespace, gpus: 1, claim: "models-nvme-a" };
  createModel(demo, WEIGHTS.llama31, { namespace, age: "41d", gpus: 1 });
  createService(demo, { ...gpu, name: "llama-3.1-8b", model: "llama-3.1-8b", age: "41d" });
  createModel(demo, WEIGHTS.codestral, { namespace, age: "33d", gpus: 1 });
  createService(demo, { ...gpu, name: "codestral-22b", model: "codestral-22b", age: "33d" });

  createModel(demo, WEIGHTS.phi4mini, { namespace, age: "27d" });
  createService(demo, { namespace, name: "phi-4-mini", model: "phi-4-mini", age: "27d" });
  createModel(demo, WEIGHTS.bge, { namespace, age: "41d" });
  createService(demo, {
    namespace,
    name: "bge-m3",
    model: "bge-m3",
    age: "41d",
    replicas: 2,
    spec: { mode: "embedding" },
  });
  createVoxtral(demo, { namespace, age: "18d" });
  createService(demo, { namespace, name: "voxtral-mini-3b", model: VOXTRAL.model, age: "18d" });
}

/** The claim is missing; the pod from before keeps serving from the shared cache. The first thing to put right. */
function createMissingClaim(demo: DemoClient): void {
  createModel(demo, WEIGHTS.llama33, { namespace, age: "41d", gpus: 2 });
  const service = createService(demo, {
    namespace,
    name: "llama-3.3-70b",
    model: "llama-3.3-70b",
    age: "41d",
    gpus: 2,
    cpu: "8",
    memory: "48Gi",
    claim: "models-nvme-b",
  });
  const deployment = buildServingDeployment({
    service,
    weights: WEIGHTS.llama33,
    claim: SHARED,
    gpus: 2,
  });
  demo.client.apply("deployments.apps", deployment, { manager: "mooring-operator" });
}

/** The volume is on gpu-1, the service may only run on gpu-2. */
function createWrongNode(demo: DemoClient): void {
  createModel(demo, WEIGHTS.qwen3, { namespace, age: "2h", gpus: 1 });
  createService(demo, {
    namespace,
    name: "qwen3-32b",
    model: "qwen3-32b",
    age: "22m",
    gpus: 1,
    nodeSelector: { "kubernetes.io/hostname": "gpu-2" },
    claim: "models-nvme-a",
  });
}

/** A claim of its own from the days of one claim per service; the Model's source was edited after it was Ready. */
function createStaleKeyOnOwnClaim(demo: DemoClient): void {
  const { model, source, size, gguf } = WEIGHTS.llama32;
  const service = createService(demo, {
    namespace,
    name: "llama-3.2-3b",
    model,
    age: "12d",
    claim: "llama-3.2-3b-model-cache",
  });
  createReadyModel(demo, {
    namespace,
    name: model,
    age: "12d",
    source: source.replace("Q4_K_M", "Q6_K"),
    status: { size, gguf, cacheKey: cacheKeyOf(source) },
  });
  createBoundClaim(
    demo,
    {
      namespace,
      name: "llama-3.2-3b-model-cache",
      size: "20Gi",
      storageClass: "standard",
      age: "12d",
      labels: OPERATOR_LABELS,
      ownerReferences: [
        {
          apiVersion: service.apiVersion,
          kind: service.kind,
          name: service.metadata.name,
          uid: service.metadata.uid,
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    },
    { kind: "block", files: holding(WEIGHTS.llama32) },
  );
}

/** Flux owns `claimName`: what is changed by hand is set back by the repository. */
function createGitopsOwned(demo: DemoClient): void {
  createBoundClaim(
    demo,
    {
      namespace,
      name: "platform-cache",
      size: "200Gi",
      storageClass: "nfs-rwx",
      accessMode: "ReadWriteMany",
      age: "30d",
    },
    { kind: "nfs", files: holding(WEIGHTS.mistral) },
  );
  createModel(demo, WEIGHTS.mistral, { namespace, age: "30d", gpus: 1 });
  createService(demo, {
    namespace,
    name: "mistral-small-24b",
    model: "mistral-small-24b",
    age: "30d",
    gpus: 1,
    claim: "platform-cache",
    claimManager: "kustomize-controller",
  });
}

/** Claims that no service can use: a block device, one being deleted while a notebook has it open, one whose volume is gone. */
function createOddClaims(demo: DemoClient): void {
  createBoundClaim(
    demo,
    {
      namespace,
      name: "raw-disk",
      size: "100Gi",
      storageClass: "standard",
      age: "9d",
      volumeMode: "Block",
    },
    { kind: "block" },
  );
  createBoundClaim(
    demo,
    { namespace, name: "old-models", size: "120Gi", storageClass: "local-nvme", age: "88d" },
    { kind: "local", node: "node-4", files: { "1c44a0d5b7e39f62/llama-2-13b.gguf": 7.9e9 } },
  );
  createForeignPod(demo, {
    namespace,
    name: "notebook-anna-0",
    node: "node-4",
    age: "3d",
    image: "quay.io/jupyter/scipy-notebook:2026-07-06",
    claim: "old-models",
  });
  markForDeletion(demo, "old-models");
  demo.create("persistentvolumeclaims", "75d", {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: "retired-models",
      namespace,
      annotations: { "pv.kubernetes.io/bind-completed": "yes" },
    },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "local-nvme",
      volumeMode: "Filesystem",
      volumeName: "pvc-5b1f0c9e-8d0a-4c57-9a3e-2f6d0c1b7e44",
      resources: { requests: { storage: "200Gi" } },
    },
    status: { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "200Gi" } },
  });
}

/** Deleting it needs its protection to be there first. */
function markForDeletion({ client }: DemoClient, name: string): void {
  const claim = client.get("persistentvolumeclaims", namespace, name);
  if (claim === undefined) return;
  const finalizers = ["kubernetes.io/pvc-protection"];
  client.update("persistentvolumeclaims", {
    ...claim,
    metadata: {
      ...claim.metadata,
      finalizers,
      annotations: { "pv.kubernetes.io/bind-completed": "yes" },
    },
    spec: { ...(claim.spec as object), volumeName: `pvc-${claim.metadata.uid}` },
  });
  const bound = client.get("persistentvolumeclaims", namespace, name) ?? claim;
  client.updateStatus("persistentvolumeclaims", {
    ...bound,
    status: { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "120Gi" } },
  });
  client.delete("persistentvolumeclaims", namespace, name);
}
