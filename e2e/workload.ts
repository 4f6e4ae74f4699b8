import type { KubeApi, KubeObject } from "./cluster/kube-api";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";

/** Objects of one namespace, as their owner would make them with kubectl. */
export type Workload = {
  /** A Model whose weights are `sizeBytes` big, and a service on it. */
  createService(
    name: string,
    options?: { readonly claimName?: string; readonly manager?: string },
  ): Promise<void>;
  /** A bound claim on a hostPath volume of its own: works with and without a provisioner. */
  createClaim(name: string): Promise<void>;
  deleteClaim(name: string): Promise<void>;
  setClaimName(service: string, claimName: string, manager?: string): Promise<void>;
  service(name: string): Promise<KubeObject | undefined>;
  deployment(name: string): Promise<KubeObject | undefined>;
  claims(): Promise<readonly KubeObject[]>;
  events(reason: string): Promise<readonly KubeObject[]>;
};

export function createWorkload(api: KubeApi, namespace: string): Workload {
  const services = `${GROUP}/namespaces/${namespace}/inferenceservices`;
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const named = (name: string) => ({ name, namespace });
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
          metadata: named(name),
          spec: {
            modelRef: name,
            ...(options.claimName && { modelCache: { claimName: options.claimName } }),
            resources: { cpu: "1", memory: "1Gi" },
          },
        },
        options.manager ?? "kubectl",
      );
    },
    createClaim: async (name) => {
      const volume = `${namespace}-${name}`;
      const common = {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
      };
      await api.create("/api/v1/persistentvolumes", {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: volume },
        spec: {
          ...common,
          capacity: { storage: "50Gi" },
          persistentVolumeReclaimPolicy: "Retain",
          claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...named(name) },
          hostPath: { path: `/var/lib/models/${volume}` },
        },
      });
      await api.create(claims, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: named(name),
        spec: { ...common, resources: { requests: { storage: "50Gi" } }, volumeName: volume },
      });
    },
    deleteClaim: (name) => api.delete(`${claims}/${name}`),
    setClaimName: async (service, claimName, manager = "kubectl-edit") => {
      await api.patch(`${services}/${service}`, { spec: { modelCache: { claimName } } }, manager);
    },
    service: (name) => api.get(`${services}/${name}`),
    deployment: (name) => api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`),
    claims: () => api.list(claims),
    events: async (reason) => {
      const events = await api.list(`/api/v1/namespaces/${namespace}/events`);
      return events.filter((event) => event["reason"] === reason);
    },
  };
}
