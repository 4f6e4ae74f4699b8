import type { KubeApi, KubeObject } from "./cluster/kube-api";

const LABEL = "mooring.dev/journey";
/** Where the simulated disks, here and in the sandbox, keep what is on them. */
const FILES = "sandbox.mooring.dev/files";
const GROUP = "/apis/inference.llmkube.dev/v1alpha1";

/** Objects of one namespace, as their owner would make them with kubectl. */
export type Workload = {
  /** A Model whose weights are `sizeBytes` big, and a service on it. */
  createService(name: string, options?: ServiceOptions): Promise<void>;
  /** A bound claim on a hostPath volume of its own: works with and without a provisioner. */
  createClaim(name: string, options?: ClaimOptions): Promise<void>;
  /** As somebody who deletes everything on the claim's volume. */
  freeClaim(name: string): Promise<unknown>;
  /** What the operator's shared claim binds to on a cluster without a default storage class. */
  createSharedVolume(): Promise<unknown>;
  deleteVolumes(): Promise<void>;
  deleteClaim(name: string): Promise<void>;
  setClaimName(service: string, claimName: string, manager?: string): Promise<void>;
  service(name: string): Promise<KubeObject | undefined>;
  /** `spec.modelCache.claimName` and `status.phase` as they are now. */
  claimName(service: string): Promise<string | undefined>;
  phase(service: string): Promise<string | undefined>;
  podTemplate(deployment: string): Promise<PodTemplate | undefined>;
  claims(): Promise<readonly KubeObject[]>;
  events(reason: string): Promise<readonly KubeObject[]>;
};

export type ClaimOptions = {
  /** 50Gi unless told otherwise. */
  readonly size?: string;
  /** Path → bytes of what is on its volume already. */
  readonly files?: Readonly<Record<string, number>>;
  /** Where its volume is, by the node's host name; anywhere when absent. */
  readonly node?: string;
  readonly accessMode?: "ReadWriteOnce" | "ReadWriteMany";
};

export type ServiceOptions = {
  readonly claimName?: string;
  readonly persistence?: "Cached" | "Ephemeral";
  readonly manager?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
};

export type PodTemplate = {
  readonly volumes: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  readonly initContainers: readonly { readonly name: string }[];
  readonly containers: readonly { readonly volumeMounts: readonly unknown[] }[];
};

type DeploymentFields = {
  readonly spec: { readonly template: { readonly spec: PodTemplate } };
};
type ServiceFields = {
  readonly spec?: { readonly modelCache?: { readonly claimName?: string } };
  readonly status?: { readonly phase?: string };
};

export function createWorkload(api: KubeApi, namespace: string): Workload {
  const services = `${GROUP}/namespaces/${namespace}/inferenceservices`;
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const fields = async (name: string) =>
    (await api.get(`${services}/${name}`)) as ServiceFields | undefined;
  const named = (name: string) => ({ name, namespace });
  const createVolume = (claim: string, storage: string, options: ClaimOptions = {}) =>
    api.create("/api/v1/persistentvolumes", {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: {
        name: `${namespace}-${claim}`,
        labels: { [LABEL]: namespace },
        ...(options.files && { annotations: { [FILES]: JSON.stringify(options.files) } }),
      },
      spec: {
        accessModes: [options.accessMode ?? "ReadWriteOnce"],
        storageClassName: "",
        capacity: { storage },
        ...(options.node && { nodeAffinity: onNode(options.node) }),
        persistentVolumeReclaimPolicy: "Retain",
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...named(claim) },
        hostPath: { path: `/var/lib/models/${namespace}-${claim}` },
      },
    });
  return {
    createService: async (name, options = {}) => {
      await api.create(`${GROUP}/namespaces/${namespace}/models`, {
        apiVersion: "inference.llmkube.dev/v1alpha1",
        kind: "Model",
        metadata: named(name),
        spec: { source: `https://models.example.com/size-2000000000/rate-500000000/${name}.gguf` },
      });
      await api.apply(
        `${services}/${name}`,
        {
          apiVersion: "inference.llmkube.dev/v1alpha1",
          kind: "InferenceService",
          metadata: { ...named(name), ...(options.labels && { labels: options.labels }) },
          spec: {
            modelRef: name,
            ...modelCacheOf(options),
            ...(options.nodeSelector && { nodeSelector: options.nodeSelector }),
            resources: { cpu: "1", memory: "1Gi" },
          },
        },
        options.manager ?? "kubectl",
      );
    },
    createSharedVolume: () => createVolume("llmkube-model-cache", "100Gi"),
    freeClaim: (name) =>
      api.patch(`/api/v1/persistentvolumes/${namespace}-${name}`, {
        metadata: { annotations: { [FILES]: "{}" } },
      }),
    createClaim: async (name, options = {}) => {
      const { size = "50Gi" } = options;
      await createVolume(name, size, options);
      await api.create(claims, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: named(name),
        spec: {
          accessModes: [options.accessMode ?? "ReadWriteOnce"],
          storageClassName: "",
          resources: { requests: { storage: size } },
          volumeName: `${namespace}-${name}`,
        },
      });
    },
    deleteVolumes: async () => {
      for (const { metadata } of await api.list(
        `/api/v1/persistentvolumes?labelSelector=${LABEL}=${namespace}`,
      ))
        await api.delete(`/api/v1/persistentvolumes/${metadata.name}`);
    },
    deleteClaim: (name) => api.delete(`${claims}/${name}`),
    setClaimName: async (service, claimName, manager = "kubectl-edit") => {
      await api.patch(`${services}/${service}`, { spec: { modelCache: { claimName } } }, manager);
    },
    service: (name) => api.get(`${services}/${name}`),
    claimName: async (name) => (await fields(name))?.spec?.modelCache?.claimName,
    phase: async (name) => (await fields(name))?.status?.phase,
    podTemplate: async (name) => {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
      const found = (await api.get(path)) as DeploymentFields | undefined;
      return found?.spec.template.spec;
    },
    claims: () => api.list(claims),
    events: async (reason) => {
      const events = await api.list(`/api/v1/namespaces/${namespace}/events`);
      return events.filter((event) => event["reason"] === reason);
    },
  };
}

function modelCacheOf({ claimName, persistence }: ServiceOptions): object {
  if (claimName === undefined && persistence === undefined) return {};
  return { modelCache: { ...(claimName && { claimName }), ...(persistence && { persistence }) } };
}

function onNode(name: string): object {
  const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [name] }];
  return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}
