import type { KubeApi, KubeObject } from "@/e2e/cluster/kube-api";
import type { Random } from "./random";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";
const MODELS = 20;
const CLAIMS = 30;
/** The fake kubelet leaves such pods as they are. */
const HOLD = "mooring.dev/test-hold";

/** How often each kind of edit is made. */
const WEIGHTS = {
  setClaim: 25,
  removeClaim: 12,
  createClaim: 12,
  deleteClaim: 10,
  editModel: 4,
  editService: 17,
  failPod: 12,
  recreateService: 6,
  deleteServiceObject: 2,
};

export type SoakWorld = {
  /** Models, a third of the claims, and every service. */
  build(): Promise<void>;
  /** One random edit; what it did, for the log. */
  edit(): Promise<string>;
  /** Volumes belong to no namespace. */
  clean(): Promise<void>;
};

type Named = { readonly api: KubeApi; readonly namespace: string; readonly random: Random };

/** A namespace full of services, and what people do to it. */
export function createSoakWorld(around: Named, services: number): SoakWorld {
  const { api, namespace, random } = around;
  const inNamespace = (plural: string) => `${GROUP}/namespaces/${namespace}/${plural}`;
  const core = (plural: string) => `/api/v1/namespaces/${namespace}/${plural}`;
  const claims = createClaims(around);
  const service = () => `service-${random.below(services)}`;
  const patchService = (name: string, patch: object) =>
    tolerate(() => api.patch(`${inNamespace("inferenceservices")}/${name}`, { spec: patch }));
  const makeService = (name: string) =>
    tolerate(() => api.create(inNamespace("inferenceservices"), aService(around, name)));

  const edits: Readonly<Record<keyof typeof WEIGHTS, () => Promise<string>>> = {
    async setClaim() {
      const [name, claim] = [service(), claims.anyName()];
      await patchService(name, { modelCache: { claimName: claim } });
      return `${name} uses ${claim}`;
    },
    async removeClaim() {
      const name = service();
      await patchService(name, { modelCache: null });
      return `${name} uses no claim of its own`;
    },
    createClaim: () => claims.create(claims.anyName()),
    deleteClaim: () => claims.delete(claims.anyName()),
    async editModel() {
      const name = `model-${random.below(MODELS)}`;
      const spec = random.pick([
        { source: `https://models.example.com/${name}-${random.below(3)}.gguf` },
        { refreshPolicy: random.pick(["IfNotPresent", "OnChange"]) },
        { source: "pvc://claim-0/model.gguf" },
      ]);
      await tolerate(() => api.patch(`${inNamespace("models")}/${name}`, { spec }));
      return `${name}: ${JSON.stringify(spec)}`;
    },
    async editService() {
      const name = service();
      const spec = random.pick([
        { suspend: true },
        { suspend: null },
        { replicas: random.below(2) },
        { modelRef: `model-${random.below(MODELS + 1)}` },
        { contextSize: 1024 * (1 + random.below(4)) },
        { modelCache: { claimName: null, persistence: "Ephemeral" } },
        { endpoint: { port: 8080 + random.below(2) } },
      ]);
      await patchService(name, spec);
      return `${name}: ${JSON.stringify(spec)}`;
    },
    failPod: () => failPod(around, service()),
    async recreateService() {
      const name = service();
      await api.delete(`${inNamespace("inferenceservices")}/${name}`);
      await makeService(name);
      return `${name} is made anew`;
    },
    async deleteServiceObject() {
      const name = service();
      await api.delete(`${core("services")}/${name}`);
      return `the Service of ${name} is deleted`;
    },
  };

  return {
    async build() {
      for (let n = 0; n < MODELS; n += 1) {
        await api.create(inNamespace("models"), aModel(namespace, n));
      }
      for (let n = 0; n < CLAIMS; n += 3) await claims.create(`claim-${n}`);
      for (let n = 0; n < services; n += 1) await makeService(`service-${n}`);
    },
    edit: () => edits[random.weighted(WEIGHTS)](),
    clean: () => claims.clean(),
  };
}

function aModel(namespace: string, n: number): object {
  const needsGpu = n % 7 === 6;
  return {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { name: `model-${n}`, namespace },
    spec: {
      source: `https://models.example.com/model-${n}.gguf`,
      ...(needsGpu ? { hardware: { accelerator: "cuda", gpu: { enabled: true, count: 1 } } } : {}),
    },
  };
}

function aService({ namespace, random }: Named, name: string): object {
  const model = random.below(MODELS);
  const gpu = model % 7 === 6 ? { gpu: 1 } : {};
  return {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { name, namespace },
    spec: {
      modelRef: `model-${model}`,
      ...(random.below(2) === 0
        ? { modelCache: { claimName: `claim-${random.below(CLAIMS)}` } }
        : {}),
      resources: { cpu: "1m", memory: "1Mi", ...gpu },
    },
  };
}

/** Claims bound to volumes of their own, and the shared one that the operator makes. */
function createClaims({ api, namespace, random }: Named) {
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  let made = 0;
  return {
    anyName: () => `claim-${random.below(CLAIMS)}`,
    async create(name: string): Promise<string> {
      made += 1;
      const volume = `${namespace}-${made}`;
      await api.create("/api/v1/persistentvolumes", aVolume(namespace, name, volume));
      await tolerate(() => api.create(path, aClaim(namespace, name, volume)));
      return `${name} is created`;
    },
    async delete(name: string): Promise<string> {
      await api.delete(`${path}/${name}`);
      return `${name} is deleted`;
    },
    async clean(): Promise<void> {
      for (const { metadata } of await api.list(
        `/api/v1/persistentvolumes?labelSelector=${SOAK}=${namespace}`,
      ))
        await api.delete(`/api/v1/persistentvolumes/${metadata.name}`);
    },
  };
}

const SOAK = "mooring.dev/soak";

function aVolume(namespace: string, claim: string, name: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, labels: { [SOAK]: namespace } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "",
      capacity: { storage: "50Gi" },
      persistentVolumeReclaimPolicy: "Retain",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name: claim },
      hostPath: { path: `/var/lib/models/${name}` },
    },
  };
}

function aClaim(namespace: string, name: string, volumeName: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "",
      resources: { requests: { storage: "50Gi" } },
      volumeName,
    },
  };
}

/** A pod that stays as a kubelet would report a failure. */
async function failPod({ api, namespace, random }: Named, service: string): Promise<string> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const label = `inference.llmkube.dev/service=${service}`;
  const [pod] = await api.list(`${pods}?labelSelector=${label}`);
  if (pod === undefined) return `${service} has no pod that could fail`;
  const path = `${pods}/${pod.metadata.name}`;
  const failure = random.pick(["download", "notReady", "gone"]);
  if (failure === "gone") {
    await api.delete(path);
    return `a pod of ${service} is deleted`;
  }
  await tolerate(() => api.patch(path, { metadata: { labels: { [HOLD]: "failed" } } }));
  const status = failure === "download" ? downloadFailed(pod) : notReady(pod);
  await tolerate(() => api.patchStatus(path, status));
  return `a pod of ${service}: ${failure}`;
}

function downloadFailed(pod: KubeObject): object {
  const inits = (pod["spec"]?.initContainers ?? []) as { name: string; image: string }[];
  const terminated = {
    exitCode: 22,
    reason: "Error",
    message: "curl: (22) The requested URL returned error: 404",
  };
  return {
    phase: "Pending",
    conditions: [{ type: "Ready", status: "False" }],
    initContainerStatuses: inits.map(({ name, image }) => ({
      name,
      image,
      imageID: "",
      ready: false,
      restartCount: 1,
      state: { terminated },
    })),
  };
}

function notReady(pod: KubeObject): object {
  const conditions = (pod["status"]?.conditions ?? []) as { type: string; status: string }[];
  return {
    conditions: [
      ...conditions.filter(({ type }) => type !== "Ready"),
      { type: "Ready", status: "False", reason: "ContainersNotReady" },
    ],
  };
}

/** People trip over each other: what is there already, not there any more, or refused by a rule is no fault of the soak. */
async function tolerate(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Error) || !/: (404|409|422) /.test(error.message)) throw error;
  }
}
