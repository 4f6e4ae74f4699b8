import type { Finding, FindingCode } from "../../server/contract/finding";
import { serviceDetailSchema } from "../../server/contract/service-view";
import type { KubeApi } from "../cluster/kube-api";
import { expect, test } from "../fixtures";

const API_VERSION = "inference.llmkube.dev/v1alpha1";
const GOOD = "https://models.example.com/size-1000000000/rate-900000000";

type Scene = {
  readonly api: KubeApi;
  readonly namespace: string;
  /** `kubectl apply` of the service; with `manager` as that tool. */
  apply(spec: object, manager?: string): Promise<unknown>;
  /** `kubectl patch` of the service. */
  patch(spec: object): Promise<unknown>;
  createModel(name: string, source: string): Promise<unknown>;
  /** A claim bound to a volume that only nodes with that name can reach. */
  createClaimOn(name: string, node: string): Promise<unknown>;
};

function sceneOf(api: KubeApi, namespace: string): Scene {
  const group = `/apis/${API_VERSION}/namespaces/${namespace}`;
  const service = {
    apiVersion: API_VERSION,
    kind: "InferenceService",
    metadata: { name: "chat", namespace },
  };
  return {
    api,
    namespace,
    apply: (spec, manager = "kubectl") =>
      api.apply(`${group}/inferenceservices/chat`, { ...service, spec }, manager),
    patch: (spec) => api.patch(`${group}/inferenceservices/chat`, { spec }, "kubectl-edit"),
    createModel: (name, source) =>
      api.create(`${group}/models`, {
        apiVersion: API_VERSION,
        kind: "Model",
        metadata: { name, namespace },
        spec: { source },
      }),
    createClaimOn: async (name, node) => {
      const storage = "50Gi";
      const label = { key: "kubernetes.io/hostname", operator: "In", values: [node] };
      await api.create("/api/v1/persistentvolumes", {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: `${namespace}-${name}`, labels: { "mooring.dev/journey": namespace } },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "",
          capacity: { storage },
          persistentVolumeReclaimPolicy: "Retain",
          local: { path: "/var/lib/models" },
          nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [label] }] } },
        },
      });
      await api.create(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name, namespace },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "",
          resources: { requests: { storage } },
          volumeName: `${namespace}-${name}`,
        },
      });
    },
  };
}

const resources = { cpu: "1", memory: "1Gi" };
const on = (node: string) => ({ "kubernetes.io/hostname": node });

const SITUATIONS: readonly {
  readonly code: FindingCode;
  readonly make: (scene: Scene, nodes: readonly string[]) => Promise<unknown>;
  readonly says: RegExp;
  readonly fix: (scene: Scene, nodes: readonly string[]) => Promise<unknown>;
}[] = [
  {
    code: "ClaimNodeMismatch",
    make: async (scene, [first = "", second = "gpu-2"]) => {
      await scene.createModel("chat", `${GOOD}/chat.gguf`);
      await scene.createClaimOn("models", first);
      await scene.apply({
        modelRef: "chat",
        resources,
        nodeSelector: on(second),
        modelCache: { claimName: "models" },
      });
    },
    says: /let the service run on|its selector, affinity/,
    fix: (scene, [first = ""]) => scene.patch({ nodeSelector: on(first) }),
  },
  {
    code: "UnbindableModelCache",
    make: async (scene) => {
      await scene.createModel("chat", `${GOOD}/chat.gguf`);
      await scene.createClaimOn("models", "");
      await scene.apply({ modelRef: "chat", resources, modelCache: { claimName: "models" } });
    },
    says: /Create a new claim.*and attach it/,
    fix: async (scene, [first = ""]) => {
      await scene.createClaimOn("models-2", first);
      await scene.patch({ modelCache: { claimName: "models-2" } });
    },
  },
  {
    code: "ModelSourceUnauthorized",
    make: async (scene) => {
      await scene.createModel("chat", "https://models.example.com/fail-401/chat.gguf");
      await scene.apply({ modelRef: "chat", resources });
    },
    says: /Use a Model whose source needs none/,
    fix: async (scene) => {
      await scene.createModel("chat-copy", `${GOOD}/chat.gguf`);
      await scene.patch({ modelRef: "chat-copy" });
    },
  },
  {
    code: "ModelSourceNotFound",
    make: async (scene) => {
      await scene.createModel("chat", "https://models.example.com/fail-404/chat.gguf");
      await scene.apply({ modelRef: "chat", resources });
    },
    says: /Make a Model with the right spec\.source .* and refer to it/,
    fix: async (scene) => {
      await scene.createModel("chat-2", `${GOOD}/chat.gguf`);
      await scene.patch({ modelRef: "chat-2" });
    },
  },
  {
    code: "UnboundedEphemeralCache",
    make: async (scene) => {
      await scene.createModel("chat", `${GOOD}/chat.gguf`);
      await scene.apply({ modelRef: "chat", resources, modelCache: { persistence: "Ephemeral" } });
    },
    says: /Set spec\.resources\.ephemeralStorage/,
    fix: (scene) => scene.patch({ resources: { ephemeralStorage: "2Gi" } }),
  },
  {
    code: "FieldOwnedByOther",
    make: async (scene, [first = ""]) => {
      await scene.createModel("chat", `${GOOD}/chat.gguf`);
      await scene.createClaimOn("models", first);
      const spec = { modelRef: "chat", resources, modelCache: { claimName: "models" } };
      await scene.apply(spec, "kustomize-controller");
    },
    says: /leave the field out of the repository/,
    fix: (scene) => scene.apply({ modelRef: "chat", resources }, "kustomize-controller"),
  },
];

const SETTLED = { timeout: 60_000, intervals: [250] };

for (const { code, make, says, fix } of SITUATIONS) {
  test(`${code} is the worst finding, and following its next step by hand ends it @any-cluster`, async ({
    api,
    namespace,
    workload,
  }) => {
    test.setTimeout(120_000);
    expect(await workload.claims()).toEqual([]); // the shared volume is there for whoever wants it
    const scene = sceneOf(api, namespace);
    const nodes = (await api.list("/api/v1/nodes"))
      .filter(({ spec }) => !JSON.stringify(spec ?? {}).includes("taints"))
      .filter(({ spec }) => (spec as { unschedulable?: boolean }).unschedulable !== true)
      .map(({ metadata }) => metadata.name);
    await make(scene, nodes);
    await expect.poll(async () => (await read(namespace)).findings[0]?.code, SETTLED).toBe(code);
    expect((await read(namespace)).findings[0]?.nextStep).toMatch(says);
    await fix(scene, nodes);
    const state = async () => {
      const { phase, findings } = await read(namespace);
      return { phase, codes: findings.map((finding) => finding.code) };
    };
    await expect.poll(state, SETTLED).toEqual({ phase: "Ready", codes: [] });
  });
}

async function read(
  namespace: string,
): Promise<{ phase: string | null; findings: readonly Finding[] }> {
  const url = process.env["MOORING_E2E_URL"] ?? "";
  const path = `/api/v1/namespaces/${namespace}/inferenceservices/chat`;
  const response = await fetch(`${url}${path}`);
  if (response.status === 404) return { phase: null, findings: [] }; // not seen yet
  return serviceDetailSchema.parse(await response.json());
}
