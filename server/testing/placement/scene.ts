import type {
  Claim,
  ClusterNode,
  InferenceServiceSpec,
  Model,
  Pod,
  StorageClass,
  Toleration,
  Volume,
} from "@/server/domain/objects";
import { aClaim, aNode, aPod, aStorageClass, aVolume, NAMESPACE } from "../builders";

/** The claim that every scene is about, and the service that would mount it. */
export const ASKED = "models";
export const SERVICE = "llama";

/** The values of the priority classes that come with LLMKube, as the API server writes them into pods. */
const PRIORITIES: Readonly<Record<string, number>> = {
  "llmkube-critical": 1_000_000,
  "llmkube-normal": 10_000,
  "llmkube-batch": 100,
};

/** What a cluster holds before a service gets its claim. Names of nodes, volumes and classes are unlike any other text in it. */
export type Scene = {
  readonly nodes: readonly ClusterNode[];
  readonly spec?: Partial<InferenceServiceSpec>;
  readonly hardware?: NonNullable<Model["spec"]["hardware"]>;
  readonly source?: string;
  readonly claims?: readonly Claim[];
  readonly volumes?: readonly Volume[];
  readonly classes?: readonly StorageClass[];
  /** Pods of others. */
  readonly pods?: readonly Pod[];
  /** The service already runs, with this claim, on this node. */
  readonly running?: { readonly claim: string; readonly on: readonly string[] };
};

type NodeShape = {
  readonly gpu?: number;
  readonly resources?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { key: string; value?: string; effect: string }[];
  readonly cordoned?: boolean;
  /** Why it is not ready: it says so (`False`) or says nothing (`Unknown`). */
  readonly ready?: "False" | "Unknown";
};

/** What `make` makes of it, nothing of nothing. */
function given<T, R extends object>(value: T | undefined, make: (value: T) => R): R | object {
  return value === undefined ? {} : make(value);
}

const CORDON = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** A node with 8 cores, 32 GiB and, where it is said, GPUs. */
export function node(name: string, shape: NodeShape = {}): ClusterNode {
  const { labels = {}, taints = [], cordoned = false } = shape;
  const resources = {
    cpu: "8",
    memory: "32Gi",
    "ephemeral-storage": "100Gi",
    pods: "20",
    "nvidia.com/gpu": shape.gpu === undefined ? undefined : String(shape.gpu),
    ...shape.resources,
  };
  const all = [...taints, ...(cordoned ? [CORDON] : []), ...downTaints(shape)];
  return aNode({
    metadata: { name, labels },
    spec: {
      ...(all.length === 0 ? {} : { taints: all }),
      ...(cordoned ? { unschedulable: true } : {}),
    },
    status: {
      allocatable: resources,
      capacity: resources,
      conditions: [
        { type: "Ready", status: shape.ready ?? "True", reason: "Kubelet", message: "" },
      ],
    },
  });
}

function downTaints({ ready }: NodeShape) {
  if (ready === undefined) return [];
  const key = `node.kubernetes.io/${ready === "Unknown" ? "unreachable" : "not-ready"}`;
  return [
    { key, effect: "NoSchedule" },
    { key, effect: "NoExecute" },
  ];
}

type UserShape = {
  readonly gpu?: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly claim?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly priorityClass?: string;
  readonly avoids?: { readonly labels: Readonly<Record<string, string>>; readonly by: string };
  /** A step of its initialisation that needs more than what follows. */
  readonly initCpu?: string;
  readonly phase?: "Running" | "Succeeded";
};

/** A pod of somebody else. */
export function user(name: string, on: string, shape: UserShape = {}): Pod {
  const { gpu = 0, labels = { app: name }, phase = "Running" } = shape;
  const requests = {
    ...given(shape.cpu, (cpu) => ({ cpu })),
    ...given(shape.memory, (memory) => ({ memory })),
  };
  const limits = gpu === 0 ? {} : { "nvidia.com/gpu": String(gpu) };
  const image = "example.com/server";
  const pod = aPod({
    metadata: { name, labels: undefined },
    spec: {
      nodeName: on,
      volumes: [],
      initContainers: undefined,
      containers: [{ name: "server", image, resources: { requests, limits } }],
      ...given(shape.claim, (claimName) => ({
        volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
      })),
      ...given(shape.initCpu, (cpu) => ({
        initContainers: [{ name: "prepare", image, resources: { requests: { cpu } } }],
      })),
      ...given(shape.priorityClass, (priorityClassName) => ({
        priorityClassName,
        priority: PRIORITIES[priorityClassName],
      })),
      ...given(shape.avoids, (avoids) => ({
        affinity: { podAntiAffinity: apart(avoids.labels, avoids.by) },
      })),
    },
    status: { phase, initContainerStatuses: undefined, containerStatuses: [] },
  });
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

/** Required anti-affinity against pods with the labels, within one place by the label `by`. */
export function apart(labels: Readonly<Record<string, string>>, by: string) {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: labels }, topologyKey: by },
    ],
  };
}

/** Required affinity to nodes with one of the values. */
export function onNodesWith(key: string, operator: string, values?: readonly string[]) {
  const requirement = { key, operator, ...(values === undefined ? {} : { values }) };
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [requirement] }],
      },
    },
  };
}

/** Tolerates everything. */
export const EVERYTHING: readonly Toleration[] = [{ operator: "Exists" }];

type VolumeShape = {
  /** Nodes it can be reached from; absent: all. */
  readonly on?: readonly string[];
  readonly affinity?: { readonly key: string; readonly values: readonly string[] };
  readonly modes?: readonly string[];
  readonly size?: string;
  readonly className?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly volumeMode?: string;
  /** The claim it is kept for. */
  readonly keptFor?: string;
  readonly phase?: string;
};

/** A volume; free unless it is kept for a claim. */
export function volume(name: string, shape: VolumeShape = {}): Volume {
  const { modes = ["ReadWriteOnce"], size = "100Gi", className = "", labels = {} } = shape;
  const built = aVolume({
    metadata: { name, labels },
    spec: {
      accessModes: [...modes],
      capacity: { storage: size },
      storageClassName: className,
      volumeMode: shape.volumeMode ?? "Filesystem",
      claimRef: undefined,
      local: undefined,
      hostPath: { path: "/mnt/models" },
      nodeAffinity: reach(shape),
    },
    status: { phase: shape.phase ?? (shape.keptFor === undefined ? "Available" : "Bound") },
  });
  const claimRef = given(shape.keptFor, (claim) => ({
    claimRef: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      namespace: NAMESPACE,
      name: claim,
    },
  }));
  return { ...built, spec: { ...built.spec, ...claimRef } };
}

function reach({ on, affinity }: VolumeShape) {
  const hosts = on === undefined ? undefined : { key: "kubernetes.io/hostname", values: on };
  const to = affinity ?? hosts;
  if (to === undefined) return undefined;
  const expression = { key: to.key, operator: "In", values: [...to.values] };
  return { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } };
}

type ClaimShape = Pick<VolumeShape, "modes" | "size" | "className" | "volumeMode"> & {
  readonly selector?: Readonly<Record<string, string>>;
  readonly state?: "Lost" | "deleting";
  readonly selectedNode?: string;
};

/** A claim without a volume. */
export function unbound(name: string, shape: ClaimShape = {}): Claim {
  const {
    modes = ["ReadWriteOnce"],
    size = "100Gi",
    className = "",
    selector,
    selectedNode,
  } = shape;
  return aClaim({
    metadata: {
      name,
      ...(shape.state === "deleting" ? { deletionTimestamp: "2026-03-01T11:55:00Z" } : {}),
      ...(selectedNode === undefined
        ? {}
        : { annotations: { "volume.kubernetes.io/selected-node": selectedNode } }),
    },
    spec: {
      accessModes: [...modes],
      resources: { requests: { storage: size } },
      storageClassName: className,
      volumeMode: shape.volumeMode ?? "Filesystem",
      volumeName: undefined,
      ...(selector === undefined ? {} : { selector: { matchLabels: { ...selector } } }),
    },
    status: { phase: "Pending", accessModes: undefined, capacity: undefined },
  });
}

/** A claim bound to the volume. */
export function bound(name: string, to: Volume, shape: ClaimShape = {}): Claim {
  const { accessModes = [], capacity = {}, ...spec } = to.spec ?? {};
  const free = unbound(name, {
    modes: accessModes,
    className: spec.storageClassName ?? "",
    size: capacity["storage"] ?? "1Gi",
    volumeMode: spec.volumeMode ?? "Filesystem",
    ...shape,
  });
  return {
    ...free,
    spec: { ...free.spec, volumeName: to.metadata.name },
    status: { phase: shape.state === "Lost" ? "Lost" : "Bound", accessModes, capacity },
  };
}

/** The asked claim on a volume of its own that only the nodes reach. */
export function localClaim(on: readonly string[], shape: VolumeShape = {}) {
  return claimed(ASKED, "pv-models", { on, ...shape });
}

/** The asked claim on a volume of its own that every node reaches. */
export function sharedClaim(shape: VolumeShape = {}) {
  return claimed(ASKED, "pv-models", { modes: ["ReadWriteMany"], ...shape });
}

/** A claim bound to a volume made for it. */
export function claimed(claim: string, name: string, shape: VolumeShape) {
  const made = volume(name, { ...shape, keptFor: claim });
  return { claims: [bound(claim, made)], volumes: [made] };
}

/** A class whose volumes are made by hand, bound when the first pod is scheduled. */
export function byHand(name: string, mode = "WaitForFirstConsumer"): StorageClass {
  return aStorageClass({
    metadata: { name },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: mode,
  });
}

/** A class that makes volumes, for the first pod that needs one. */
export function made(
  name: string,
  { zones, mode }: { readonly zones?: readonly string[]; readonly mode?: string } = {},
): StorageClass {
  return aStorageClass({
    metadata: { name },
    volumeBindingMode: mode ?? "WaitForFirstConsumer",
    ...(zones === undefined
      ? {}
      : { allowedTopologies: [{ matchLabelExpressions: [{ key: "zone", values: [...zones] }] }] }),
  });
}
