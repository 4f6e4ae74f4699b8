import { createHash } from "node:crypto";

import type { Attachment } from "@/server/contract/attachment";
import type {
  Claim,
  ClusterNode,
  Deployment,
  InferenceService,
  Job,
  KubeEvent,
  Meta,
  Model,
  Namespace,
  Pod,
  StorageClass,
  Volume,
} from "@/server/domain/objects";
import type { NewAttachment } from "@/server/ports";
import { type Overrides, withOverrides } from "./overrides";

/**
 * Valid objects; a test names only what it is about. With no overrides they are one healthy service:
 * `ml/llama` runs Model `ml/llama-3-8b` on node `gpu-1`, its pod mounts claim `ml/models-nvme-a` (declared, rolled out, mounted),
 * which is bound to the local volume `pv-models-nvme-a` of class `local-nvme`. Uids follow from kind and key.
 */
export const NAMESPACE = "ml";
export const CREATED = "2026-03-01T11:00:00Z";

const SOURCE = "https://models.example.com/llama-3-8b.Q4_K_M.gguf";

/** The uid that a builder gives to the object of that kind and key. */
export function uidOf(kind: string, namespace: string, name: string): string {
  const hex = createHash("sha256").update(`${kind}/${namespace}/${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

type Built = { readonly metadata: Meta };

function build<T extends Built>(
  kind: string,
  base: T,
  overrides: Overrides<NoInfer<T>> | undefined,
): T {
  const built = withOverrides<T>(base, overrides);
  const named = (overrides as { metadata?: { uid?: string } } | undefined)?.metadata?.uid;
  const { namespace, name } = built.metadata;
  return { ...built, metadata: { ...built.metadata, uid: named ?? uidOf(kind, namespace, name) } };
}

function meta(name: string, namespace = NAMESPACE): Meta {
  return { name, namespace, uid: "", resourceVersion: "1", creationTimestamp: CREATED };
}

/** A ready service that declares the claim `models-nvme-a`; `spec.modelCache: undefined` leaves the claim to the operator. */
export function anInferenceService(overrides?: Overrides<InferenceService>): InferenceService {
  const base: InferenceService = {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { ...meta("llama"), generation: 1 },
    spec: {
      modelRef: "llama-3-8b",
      modelCache: { claimName: "models-nvme-a" },
      replicas: 1,
      runtime: "llamacpp",
    },
    status: {
      phase: "Ready",
      mode: "chat",
      readyReplicas: 1,
      desiredReplicas: 1,
      replicas: 1,
      endpoint: "http://llama.ml.svc.cluster.local:8080/v1/chat/completions",
      modelReady: true,
      conditions: [
        {
          type: "Available",
          status: "True",
          reason: "InferenceReady",
          message: "",
          observedGeneration: 1,
          lastTransitionTime: CREATED,
        },
      ],
    },
  };
  return build("InferenceService", base, overrides);
}

/** A ready Model of one file; its cache key follows from the source unless `status.cacheKey` is named. */
export function aModel(overrides?: Overrides<Model>): Model {
  const source = overrides?.spec?.source ?? SOURCE;
  const base: Model = {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { ...meta("llama-3-8b"), generation: 1 },
    spec: {
      source,
      format: "gguf",
      refreshPolicy: "IfNotPresent",
      hardware: { accelerator: "cpu" },
    },
    status: {
      phase: "Ready",
      size: "4.6 GiB",
      cacheKey: createHash("sha256").update(source).digest("hex").slice(0, 16),
      acceleratorReady: true,
      conditions: [
        {
          type: "Available",
          status: "True",
          reason: "WorkloadResolved",
          message: "",
          observedGeneration: 1,
          lastTransitionTime: CREATED,
        },
      ],
    },
  };
  return build("Model", base, overrides);
}

/** A bound claim. */
export function aClaim(overrides?: Overrides<Claim>): Claim {
  const base: Claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: meta("models-nvme-a"),
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "100Gi" } },
      storageClassName: "local-nvme",
      volumeMode: "Filesystem",
      volumeName: "pv-models-nvme-a",
    },
    status: {
      phase: "Bound",
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "100Gi" },
    },
  };
  return build("PersistentVolumeClaim", base, overrides);
}

/** A local volume on node `gpu-1`, bound to the claim `models-nvme-a`. */
export function aVolume(overrides?: Overrides<Volume>): Volume {
  const base: Volume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: meta("pv-models-nvme-a", ""),
    spec: {
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "100Gi" },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: NAMESPACE,
        name: "models-nvme-a",
        uid: uidOf("PersistentVolumeClaim", NAMESPACE, "models-nvme-a"),
      },
      local: { path: "/mnt/nvme/models" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: "kubernetes.io/hostname", operator: "In", values: ["gpu-1"] },
              ],
            },
          ],
        },
      },
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "local-nvme",
      volumeMode: "Filesystem",
    },
    status: { phase: "Bound" },
  };
  return build("PersistentVolume", base, overrides);
}

/** A class that binds when the first pod is scheduled. */
export function aStorageClass(overrides?: Overrides<StorageClass>): StorageClass {
  const base: StorageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: meta("local-nvme", ""),
    provisioner: "rancher.io/local-path",
    reclaimPolicy: "Retain",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: false,
  };
  return build("StorageClass", base, overrides);
}

/** A ready node with one free GPU and no taint; its hostname label follows from its name. */
export function aNode(overrides?: Overrides<ClusterNode>): ClusterNode {
  const name = overrides?.metadata?.name ?? "gpu-1";
  const resources = {
    cpu: "32",
    memory: "128Gi",
    "ephemeral-storage": "400Gi",
    pods: "110",
    "nvidia.com/gpu": "1",
  };
  const base: ClusterNode = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      ...meta(name, ""),
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
    },
    spec: {},
    status: {
      allocatable: resources,
      capacity: resources,
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
    },
  };
  return build("Node", base, overrides);
}

const LABELS = {
  app: "llama",
  "inference.llmkube.dev/service": "llama",
  "inference.llmkube.dev/model": "llama-3-8b",
  "inference.llmkube.dev/runtime": "llamacpp",
};
const KEY = createHash("sha256").update(SOURCE).digest("hex").slice(0, 16);
const MODEL_PATH = `/models/${KEY}/llama-3-8b.gguf`;
const IMAGE = "ghcr.io/ggml-org/llama.cpp:server";

const CACHE_VOLUME = {
  name: "model-cache",
  persistentVolumeClaim: { claimName: "models-nvme-a", readOnly: false },
};
const PREP = {
  name: "model-cache-prep",
  image: "docker.io/curlimages/curl:8.18.0",
  volumeMounts: [{ name: "model-cache", mountPath: "/models" }],
};
const DOWNLOADER = {
  name: "model-downloader",
  image: "docker.io/curlimages/curl:8.18.0",
  env: [
    { name: "MODEL_SOURCE", value: SOURCE },
    { name: "CACHE_DIR", value: `/models/${KEY}` },
    { name: "MODEL_PATH", value: MODEL_PATH },
  ],
  volumeMounts: [{ name: "model-cache", mountPath: "/models" }],
};
const SERVER = {
  name: "llama-server",
  image: IMAGE,
  volumeMounts: [{ name: "model-cache", mountPath: "/models", readOnly: true }],
};

/** A running, ready pod of the service `llama` on node `gpu-1` that mounts the claim `models-nvme-a`. */
export function aPod(overrides?: Overrides<Pod>): Pod {
  const done = { terminated: { exitCode: 0, reason: "Completed" } };
  const finished = { ready: true, restartCount: 0, image: PREP.image, imageID: "" };
  const base: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...meta("llama-6c9d7b5f4-x2x7p"),
      labels: { ...LABELS, "pod-template-hash": "6c9d7b5f4" },
    },
    spec: {
      nodeName: "gpu-1",
      volumes: [CACHE_VOLUME],
      initContainers: [PREP, DOWNLOADER],
      containers: [SERVER],
    },
    status: {
      phase: "Running",
      startTime: CREATED,
      conditions: [
        { type: "PodScheduled", status: "True", lastTransitionTime: CREATED },
        { type: "Ready", status: "True", lastTransitionTime: CREATED },
      ],
      initContainerStatuses: [
        { ...finished, name: PREP.name, state: done },
        { ...finished, name: DOWNLOADER.name, state: done },
      ],
      containerStatuses: [
        {
          name: SERVER.name,
          ready: true,
          restartCount: 0,
          image: IMAGE,
          imageID: "",
          state: { running: { startedAt: CREATED } },
        },
      ],
    },
  };
  return build("Pod", base, overrides);
}

type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];

/** A container that is not ready yet, for a pod's status. */
export function aContainerStatus(
  name: string,
  state: NonNullable<ContainerStatus["state"]>,
  overrides?: Partial<ContainerStatus>,
): ContainerStatus {
  return { name, ready: false, restartCount: 0, image: "", imageID: "", state, ...overrides };
}

/** The rolled out Deployment of the service `llama`. */
export function aDeployment(overrides?: Overrides<Deployment>): Deployment {
  const base: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      ...meta("llama"),
      generation: 1,
      labels: LABELS,
      ownerReferences: [
        {
          apiVersion: "inference.llmkube.dev/v1alpha1",
          kind: "InferenceService",
          name: "llama",
          uid: uidOf("InferenceService", NAMESPACE, "llama"),
          controller: true,
        },
      ],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "llama", "inference.llmkube.dev/service": "llama" } },
      strategy: { type: "RollingUpdate" },
      template: {
        metadata: { labels: LABELS },
        spec: {
          volumes: [CACHE_VOLUME],
          initContainers: [PREP, DOWNLOADER],
          containers: [SERVER],
        },
      },
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      readyReplicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      conditions: [
        { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
        { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
      ],
    },
  };
  return build("Deployment", base, overrides);
}

/** A prefetch Job of the model `llama-3-8b`. */
export function aJob(overrides?: Overrides<Job>): Job {
  const base: Job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...meta("llama-3-8b-prefetch"),
      labels: {
        "app.kubernetes.io/component": "model-prefetch",
        "inference.llmkube.dev/model": "llama-3-8b",
      },
    },
    spec: {
      backoffLimit: 2,
      template: {
        spec: { restartPolicy: "Never", volumes: [CACHE_VOLUME], containers: [DOWNLOADER] },
      },
    },
    status: { active: 1 },
  };
  return build("Job", base, overrides);
}

/** A warning about the service `llama`, as the operator's recorder writes it: core `count` and timestamps are absent. */
export function anEvent(overrides?: Overrides<KubeEvent>): KubeEvent {
  const regarding = {
    kind: "InferenceService",
    namespace: NAMESPACE,
    name: "llama",
    ...overrides?.involvedObject,
  };
  const base: KubeEvent = {
    apiVersion: "v1",
    kind: "Event",
    metadata: meta(`${regarding.name ?? "llama"}.18a1b2c3d4e5f607`),
    involvedObject: {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      uid: uidOf(regarding.kind ?? "", regarding.namespace ?? "", regarding.name ?? ""),
      ...regarding,
    } as KubeEvent["involvedObject"],
    type: "Warning",
    reason: "ModelCachePVCNotFound",
    message: 'claim "models-nvme-a" does not exist in namespace "ml"',
    eventTime: "2026-03-01T11:30:00.000000Z",
    action: "Reconcile",
    reportingComponent: "inferenceservice-controller",
    reportingInstance: "inferenceservice-controller-0",
  };
  return build("Event", base, overrides);
}

/** A namespace. */
export function aNamespace(overrides?: Overrides<Namespace>): Namespace {
  const base: Namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: meta(NAMESPACE, ""),
    status: { phase: "Active" },
  };
  return build("Namespace", base, overrides);
}

/** A request of the local user to attach `models-nvme-a` to `ml/llama`, not acted on yet. */
export function anAttachment(overrides?: Overrides<Attachment>): Attachment {
  return withOverrides<Attachment>(
    {
      id: "01JNTW0000000000000000000A",
      namespace: NAMESPACE,
      name: "llama",
      serviceUid: uidOf("InferenceService", NAMESPACE, "llama"),
      claimName: "models-nvme-a",
      previousClaimName: null,
      persistence: null,
      previousPersistence: null,
      actor: "local",
      comment: null,
      writeAnyway: false,
      takeOwnership: false,
      state: "Pending",
      reason: "Accepted",
      message: "",
      createdAt: CREATED,
      updatedAt: CREATED,
      closedAt: null,
      transitions: [],
    },
    overrides,
  );
}

/** What the store is given for `anAttachment`. */
export function aNewAttachment(overrides?: Partial<NewAttachment>): NewAttachment {
  return {
    key: { namespace: NAMESPACE, name: "llama" },
    serviceUid: uidOf("InferenceService", NAMESPACE, "llama"),
    claimName: "models-nvme-a",
    persistence: null,
    previousClaimName: null,
    previousPersistence: null,
    actor: { name: "jo", groups: ["dev"] },
    comment: null,
    writeAnyway: false,
    takeOwnership: false,
    idempotencyKey: null,
    ...overrides,
  };
}
