import type {
  CoreV1Event,
  V1Condition,
  V1Deployment,
  V1EndpointSlice,
  V1Job,
  V1LimitRange,
  V1LimitRangeItem,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodTemplateSpec,
  V1ResourceQuota,
  V1Service,
  V1StorageClass,
  V1Toleration,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";

/** A client-node model as it is on the wire: instants are RFC 3339 strings. Nothing in it may be changed. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? readonly Wire<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

/** metadata as every stored object has it; `namespace` is "" for cluster-scoped kinds. */
export type Meta = Omit<
  Wire<V1ObjectMeta>,
  "name" | "namespace" | "uid" | "resourceVersion" | "creationTimestamp"
> & {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
};

type Stored<T> = Omit<Wire<T>, "metadata"> & { readonly metadata: Meta };

export type Claim = Stored<V1PersistentVolumeClaim>;
export type Volume = Stored<V1PersistentVolume>;
export type StorageClass = Stored<V1StorageClass>;
export type ClusterNode = Stored<V1Node>;
export type Pod = Stored<V1Pod>;
export type Deployment = Stored<V1Deployment>;
export type KubeService = Stored<V1Service>;
export type EndpointSlice = Stored<V1EndpointSlice>;
export type HorizontalPodAutoscaler = Stored<V2HorizontalPodAutoscaler>;
export type Job = Stored<V1Job>;
export type KubeEvent = Stored<CoreV1Event>;
export type Namespace = Stored<V1Namespace>;
export type ResourceQuota = Stored<V1ResourceQuota>;
/** On the wire `default` is called so; the client's model cannot name a field like that. */
export type LimitRangeItem = Omit<Wire<V1LimitRangeItem>, "_default"> & {
  readonly default?: Readonly<Record<string, string>>;
};
export type LimitRange = Omit<Stored<V1LimitRange>, "spec"> & {
  readonly spec?: { readonly limits?: readonly LimitRangeItem[] };
};
export type Condition = Wire<V1Condition>;
export type PodTemplate = Wire<V1PodTemplateSpec>;
export type PodSpec = NonNullable<PodTemplate["spec"]>;
export type Toleration = Wire<V1Toleration>;

/** The part of LLMKube's InferenceService that the rules read; everything else is kept as it came. `contract.md` §1.2. */
export type InferenceServiceSpec = {
  readonly modelRef: string;
  readonly modelCache?: {
    readonly persistence?: "Cached" | "Ephemeral";
    readonly claimName?: string;
  };
  readonly replicas?: number;
  readonly suspend?: boolean;
  readonly autoscaling?: {
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly {
      readonly type: string;
      readonly name: string;
      readonly targetAverageValue?: string;
      readonly targetAverageUtilization?: number;
    }[];
  };
  readonly rolloutPolicy?: {
    readonly waitForIdle?: boolean;
    readonly idleTimeoutSeconds?: number;
    readonly force?: boolean;
  };
  readonly revisionHistoryLimit?: number;
  readonly runtime?: string;
  readonly mode?: "chat" | "embedding" | "rerank";
  readonly image?: string;
  readonly skipModelInit?: boolean;
  readonly resources?: {
    readonly gpu?: number;
    readonly cpu?: string;
    readonly memory?: string;
    readonly hostMemory?: string;
    readonly ephemeralStorage?: string;
    readonly gpuSharing?: { readonly mode?: string; readonly profile?: string };
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: NonNullable<PodSpec["affinity"]>;
  readonly topologySpreadConstraints?: NonNullable<PodSpec["topologySpreadConstraints"]>;
  readonly runtimeClassName?: string;
  readonly imagePullSecrets?: NonNullable<PodSpec["imagePullSecrets"]>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly priority?: "critical" | "high" | "normal" | "low" | "batch";
  readonly priorityClassName?: string;
  readonly endpoint?: {
    readonly port?: number;
    readonly path?: string;
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer";
    readonly nodePort?: number;
  };
  readonly containerPort?: number;
  readonly bindAddress?: string;
  readonly podSecurityContext?: NonNullable<PodSpec["securityContext"]>;
  readonly securityContext?: NonNullable<PodSpec["containers"][number]["securityContext"]>;
  readonly extraVolumes?: NonNullable<PodSpec["volumes"]>;
  readonly extraVolumeMounts?: NonNullable<PodSpec["containers"][number]["volumeMounts"]>;
  readonly env?: NonNullable<PodSpec["containers"][number]["env"]>;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly extraArgs?: readonly string[];
  readonly probeOverrides?: Readonly<Record<string, unknown>>;
  readonly speculativeDecoding?: {
    readonly type?: string;
    readonly draftModelRef?: string;
    readonly draftModel?: string;
    readonly nDraftMax?: number;
    readonly pMin?: number;
  };
  /** llama.cpp flags and what later versions add (`contract.md` §5.5). */
  readonly [field: string]: unknown;
};

export type InferenceServiceStatus = {
  readonly phase?: string;
  readonly mode?: string;
  readonly readyReplicas?: number;
  readonly desiredReplicas?: number;
  readonly replicas?: number;
  readonly endpoint?: string;
  readonly modelReady?: boolean;
  readonly lastUpdated?: string;
  readonly schedulingStatus?: string;
  readonly schedulingMessage?: string;
  readonly waitingFor?: string;
  readonly queuePosition?: number;
  readonly effectivePriority?: number;
  readonly conditions?: readonly Condition[];
};

export type InferenceService = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Meta;
  readonly spec: InferenceServiceSpec;
  readonly status?: InferenceServiceStatus;
};

/** `contract.md` §1.4, §1.5. */
export type Model = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Meta;
  readonly spec: {
    readonly source: string;
    readonly sha256?: string;
    readonly sourceSecretRef?: { readonly name?: string };
    readonly refreshPolicy?: "IfNotPresent" | "OnChange";
    readonly prefetch?: boolean;
    readonly prefetchTolerations?: readonly Toleration[];
    readonly format?: string;
    readonly quantization?: string;
    readonly hardware?: {
      readonly accelerator?: string;
      readonly gpu?: {
        readonly enabled?: boolean;
        readonly count?: number;
        readonly vendor?: string;
        readonly resourceName?: string;
        readonly tolerationKey?: string;
        readonly layers?: number;
        readonly runtime?: string;
        readonly resourceClaims?: NonNullable<PodSpec["resourceClaims"]>;
        readonly sharding?: { readonly strategy?: string; readonly layerSplit?: readonly string[] };
      };
    };
    readonly files?: readonly string[];
    readonly mmproj?: string;
    readonly [field: string]: unknown;
  };
  readonly status?: {
    readonly phase?: string;
    /** Human string such as `4.1 GiB`; "0" when the operator could not read it. */
    readonly size?: string;
    readonly path?: string;
    readonly cacheKey?: string;
    readonly stagedFiles?: readonly string[];
    readonly sha256?: string;
    readonly sourceETag?: string;
    /** Bytes. */
    readonly sourceContentLength?: number;
    readonly lastRevalidated?: string;
    readonly acceleratorReady?: boolean;
    readonly gguf?: {
      readonly architecture?: string;
      readonly modelName?: string;
      readonly quantization?: string;
    };
    readonly lastUpdated?: string;
    readonly conditions?: readonly Condition[];
  };
};

/** Every kind Mooring watches, by its Kubernetes plural, with the object it holds. */
export type KindMap = {
  inferenceservices: InferenceService;
  models: Model;
  persistentvolumeclaims: Claim;
  persistentvolumes: Volume;
  storageclasses: StorageClass;
  nodes: ClusterNode;
  pods: Pod;
  deployments: Deployment;
  jobs: Job;
  events: KubeEvent;
  namespaces: Namespace;
  resourcequotas: ResourceQuota;
  limitranges: LimitRange;
};
export type Plural = keyof KindMap;
export type AnyObject = KindMap[Plural];
