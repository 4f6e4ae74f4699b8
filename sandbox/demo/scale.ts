import type { DemoClient } from "./demo-client";
import { buildNode } from "./infrastructure";
import { cacheKeyOf } from "./weights";
import { runningStatus } from "./workloads";

export type Scale = {
  services: number;
  claims: number;
  pods: number;
  models: number;
  nodes: number;
  namespaces: number;
};

const DEFAULTS: Scale = {
  services: 2000,
  claims: 10_000,
  pods: 4000,
  models: 200,
  nodes: 50,
  namespaces: 20,
};

/** Reads `services=2000,claims=10000`; what is not named keeps its default. */
export function parseScale(text: string): Scale {
  const scale = { ...DEFAULTS };
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=").map((side) => side.trim());
    if (!(name in scale) || !/^\d+$/.test(value)) {
      throw new Error(
        `"${part}" is not a size: use ${Object.keys(DEFAULTS).join(", ")} with a whole number`,
      );
    }
    scale[name as keyof Scale] = Number(value); // the check above admits only these names
  }
  return scale;
}

/**
 * A large cluster of settled objects: every claim Bound, every pod Ready, every service with its status. Meant to be watched, not
 * operated: run it beside `MOORING_OPERATOR=none`.
 */
export function createScale(demo: DemoClient, scale: Scale): void {
  const place = createPlaces(scale);
  for (let at = 0; at < scale.namespaces; at += 1) {
    demo.create("namespaces", "90d", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: place.namespace(at) },
    });
  }
  for (let at = 0; at < scale.nodes; at += 1) {
    demo.create("nodes", "90d", buildNode({ name: place.node(at), cpu: "128", memory: "1Ti" }));
  }
  for (let at = 0; at < scale.models; at += 1) createModel(demo, place, at);
  for (let at = 0; at < scale.claims; at += 1) createClaim(demo, place, at);
  for (let at = 0; at < scale.services; at += 1) createService(demo, place, at);
  for (let at = 0; at < scale.pods; at += 1) createPod(demo, place, at);
}

type Places = ReturnType<typeof createPlaces>;

/** Names by number, so that objects of one number range refer to each other. */
function createPlaces(scale: Scale) {
  const padded = (at: number) => String(at).padStart(5, "0");
  return {
    namespace: (at: number) => `team-${String(at % scale.namespaces).padStart(2, "0")}`,
    node: (at: number) => `worker-${(at % scale.nodes) + 1}`,
    // A model is in the namespace of the services that use it.
    model: (at: number) => `model-${padded(Math.floor(at / scale.namespaces) % modelsEach(scale))}`,
    claim: (at: number) => `cache-${padded(at % scale.claims)}`,
    service: (at: number) => `service-${padded(at % scale.services)}`,
    serviceOfPod: (at: number) => at % Math.max(1, scale.services),
  };
}

function modelsEach({ models, namespaces }: Scale): number {
  return Math.max(1, Math.floor(models / namespaces));
}

function createModel(demo: DemoClient, place: Places, at: number): void {
  const source = `https://models.example.com/scale/${place.model(at)}.gguf`;
  demo.create("models.inference.llmkube.dev", "30d", {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { name: place.model(at), namespace: place.namespace(at) },
    spec: { source, format: "gguf", refreshPolicy: "IfNotPresent" },
    status: {
      phase: "Ready",
      acceleratorReady: true,
      size: "4.6 GiB",
      cacheKey: cacheKeyOf(source),
      lastUpdated: demo.ago("30d"),
    },
  });
}

function createClaim(demo: DemoClient, place: Places, at: number): void {
  const name = place.claim(at);
  const namespace = place.namespace(at);
  const volumeName = `pv-${namespace}-${name}`;
  const size = { storage: "100Gi" };
  const accessModes = ["ReadWriteMany"];
  const storageClassName = "nfs-rwx";
  const claim = demo.create("persistentvolumeclaims", "30d", {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace,
      annotations: { "pv.kubernetes.io/bind-completed": "yes" },
      finalizers: ["kubernetes.io/pvc-protection"],
    },
    spec: {
      accessModes,
      storageClassName,
      volumeMode: "Filesystem",
      volumeName,
      resources: { requests: size },
    },
    status: { phase: "Bound", accessModes, capacity: size },
  });
  demo.create("persistentvolumes", "30d", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volumeName, finalizers: ["kubernetes.io/pv-protection"] },
    spec: {
      accessModes,
      storageClassName,
      volumeMode: "Filesystem",
      capacity: size,
      persistentVolumeReclaimPolicy: "Retain",
      claimRef: { kind: "PersistentVolumeClaim", namespace, name, uid: claim.metadata.uid },
      csi: { driver: "nfs.csi.k8s.io", volumeHandle: volumeName },
    },
    status: { phase: "Bound" },
  });
}

function createService(demo: DemoClient, place: Places, at: number): void {
  demo.create("inferenceservices.inference.llmkube.dev", "20d", {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { name: place.service(at), namespace: place.namespace(at) },
    spec: {
      modelRef: place.model(at),
      replicas: 2,
      modelCache: { claimName: place.claim(at) },
      resources: { cpu: "1", memory: "4Gi" },
    },
    status: {
      phase: "Ready",
      mode: "chat",
      modelReady: true,
      replicas: 2,
      desiredReplicas: 2,
      readyReplicas: 2,
      lastUpdated: demo.ago("20d"),
    },
  });
}

function createPod(demo: DemoClient, place: Places, at: number): void {
  const service = place.serviceOfPod(at);
  const name = place.service(service);
  const image = "ghcr.io/ggml-org/llama.cpp:server";
  demo.create("pods", "10d", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${String(at).padStart(5, "0")}`,
      namespace: place.namespace(service),
      labels: { app: name, "inference.llmkube.dev/service": name },
    },
    spec: {
      nodeName: place.node(at),
      containers: [
        {
          name: "llama-server",
          image,
          volumeMounts: [{ name: "model-cache", mountPath: "/models", readOnly: true }],
        },
      ],
      volumes: [
        { name: "model-cache", persistentVolumeClaim: { claimName: place.claim(service) } },
      ],
    },
    status: runningStatus("llama-server", image, demo.ago("10d")),
  });
}
