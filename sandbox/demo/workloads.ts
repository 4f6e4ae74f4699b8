import type { KubeObject } from "../api/objects";
import type { DemoClient } from "./demo-client";
import { cacheKeyOf, VOXTRAL, type Weights } from "./weights";

const GROUP = "inference.llmkube.dev/v1alpha1";
const MODELS = "models.inference.llmkube.dev";
const SERVICES = "inferenceservices.inference.llmkube.dev";

type ModelParts = {
  namespace: string;
  age: string;
  /** GPUs of each pod; 0 is a CPU model. */
  gpus?: number;
};

/** A Model whose header the operator has read: Ready, with its size, which a sandbox could not find out. */
export function createModel(demo: DemoClient, weights: Weights, parts: ModelParts): KubeObject {
  return createReadyModel(demo, {
    ...parts,
    name: weights.model,
    source: weights.source,
    status: {
      size: weights.size,
      cacheKey: cacheKeyOf(weights.source),
      gguf: weights.gguf,
    },
  });
}

/** The Model of two files. Its key is not stored: a repository's is derived by whoever needs it. */
export function createVoxtral(demo: DemoClient, parts: ModelParts): KubeObject {
  const [weights, projector] = VOXTRAL.files;
  return createReadyModel(demo, {
    ...parts,
    name: VOXTRAL.model,
    source: VOXTRAL.source,
    spec: { files: [weights.name], mmproj: projector.name },
    status: { size: VOXTRAL.size, stagedFiles: [weights.name, projector.name] },
    reason: "RuntimeResolved",
  });
}

/** A Ready Model with exactly this spec and status. */
export function createReadyModel(
  demo: DemoClient,
  parts: ModelParts & {
    name: string;
    source: string;
    spec?: Record<string, unknown>;
    status: Record<string, unknown>;
    reason?: string;
  },
): KubeObject {
  const { name, namespace, age, gpus = 0, reason = "WorkloadResolved" } = parts;
  return demo.create(MODELS, age, {
    apiVersion: GROUP,
    kind: "Model",
    metadata: { name, namespace },
    spec: {
      source: parts.source,
      format: "gguf",
      refreshPolicy: "IfNotPresent",
      ...(gpus > 0
        ? {
            hardware: {
              accelerator: "cuda",
              gpu: { enabled: true, count: gpus, vendor: "nvidia" },
            },
          }
        : {}),
      ...parts.spec,
    },
    status: {
      phase: "Ready",
      acceleratorReady: true,
      lastUpdated: demo.ago(age),
      ...parts.status,
      conditions: [
        {
          type: "Available",
          status: "True",
          reason,
          message: "The pods of each service fetch the weights unless their cache has them",
          observedGeneration: 1,
          lastTransitionTime: demo.ago(age),
        },
      ],
    },
  });
}

export type ServiceParts = {
  namespace: string;
  name: string;
  model: string;
  age: string;
  replicas?: number;
  gpus?: number;
  cpu?: string;
  memory?: string;
  nodeSelector?: Record<string, string>;
  /** `spec.modelCache.claimName` and who wrote it; Mooring itself unless told otherwise, so that it may change it. */
  claim?: string;
  claimManager?: string;
  spec?: Record<string, unknown>;
};

/** An InferenceService; its status, Deployment and Service are the operator's to make. */
export function createService(demo: DemoClient, parts: ServiceParts): KubeObject {
  const { namespace, name } = parts;
  const metadata = { namespace, name };
  const service = demo.create(SERVICES, parts.age, {
    apiVersion: GROUP,
    kind: "InferenceService",
    metadata,
    spec: {
      modelRef: parts.model,
      replicas: parts.replicas ?? 1,
      resources: resourcesOf(parts),
      ...(parts.nodeSelector === undefined ? {} : { nodeSelector: parts.nodeSelector }),
      ...parts.spec,
    },
  });
  if (parts.claim === undefined) return service;
  return demo.client.apply(
    SERVICES,
    {
      apiVersion: GROUP,
      kind: "InferenceService",
      metadata,
      spec: { modelCache: { claimName: parts.claim } },
    },
    { manager: parts.claimManager ?? "mooring" },
  );
}

function resourcesOf({ gpus = 0, cpu, memory }: ServiceParts) {
  const onGpu = { cpu: "4", memory: "24Gi", gpu: gpus };
  return {
    ...(gpus > 0 ? onGpu : { cpu: "2", memory: "4Gi" }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  };
}

type ForeignPod = {
  namespace: string;
  name: string;
  node: string;
  age: string;
  image: string;
  claim?: string;
};

/** A pod that no service owns and that was running long before the sandbox started. */
export function createForeignPod(demo: DemoClient, parts: ForeignPod): void {
  const { namespace, name, node, age, image, claim } = parts;
  const data = claim === undefined ? [] : [{ name: "data", claim }];
  demo.create("pods", age, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      nodeName: node,
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "main",
          image,
          resources: { requests: { cpu: "500m", memory: "1Gi" } },
          volumeMounts: data.map((mount) => ({ name: mount.name, mountPath: "/data" })),
        },
      ],
      volumes: data.map((volume) => ({
        name: volume.name,
        persistentVolumeClaim: { claimName: volume.claim },
      })),
    },
    status: runningStatus("main", image, demo.ago(age)),
  });
}

/** The status of a pod of one container that has been Ready since then. */
export function runningStatus(container: string, image: string, since: string) {
  const yes = (type: string) => ({ type, status: "True", lastTransitionTime: since });
  return {
    phase: "Running",
    startTime: since,
    qosClass: "Burstable",
    conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(yes),
    containerStatuses: [
      {
        name: container,
        image,
        imageID: image,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: since } },
        lastState: {},
      },
    ],
  };
}
