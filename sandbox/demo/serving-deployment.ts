import type { KubeObject, NewObject } from "../api/objects";
import { cachedPath, cacheKeyOf, type Weights } from "./weights";

const INIT_IMAGE = "docker.io/curlimages/curl:8.18.0";

/** The Deployment that the operator makes for a GPU service of one file on a cache claim. */
export function buildServingDeployment(options: {
  service: KubeObject;
  weights: Weights;
  claim: string;
  gpus: number;
}): NewObject {
  const { service, weights } = options;
  const { name, namespace = "" } = service.metadata;
  const selector = { app: name, "inference.llmkube.dev/service": name };
  const labels = {
    ...selector,
    "inference.llmkube.dev/model": weights.model,
    "inference.llmkube.dev/runtime": "llamacpp",
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name,
      namespace,
      labels,
      ownerReferences: [
        {
          apiVersion: service.apiVersion,
          kind: service.kind,
          name,
          uid: service.metadata.uid,
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels, annotations: { "karpenter.sh/do-not-disrupt": "true" } },
        spec: podSpec(options),
      },
    },
  };
}

function podSpec({ weights, claim, gpus }: { weights: Weights; claim: string; gpus: number }) {
  const path = `/models/${cachedPath(weights)}`;
  return {
    volumes: [{ name: "model-cache", persistentVolumeClaim: { claimName: claim } }],
    initContainers: initContainers(weights, path),
    containers: [
      {
        name: "llama-server",
        image: "ghcr.io/ggml-org/llama.cpp:server-cuda-b10068",
        args: [
          ...["--model", path, "--port", "8080", "--host", "::", "--n-gpu-layers", "99"],
          ...["--split-mode", "layer", "--flash-attn", "on", "--metrics"],
        ],
        ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
        resources: {
          limits: { "nvidia.com/gpu": String(gpus) },
          requests: { cpu: "8", memory: "48Gi" },
        },
        volumeMounts: [{ name: "model-cache", mountPath: "/models", readOnly: true }],
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
    ],
    tolerations: [
      { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
    ],
    priorityClassName: "llmkube-normal",
    securityContext: { fsGroup: 102, seccompProfile: { type: "RuntimeDefault" } },
  };
}

function initContainers(weights: Weights, path: string) {
  const common = {
    image: INIT_IMAGE,
    volumeMounts: [{ name: "model-cache", mountPath: "/models" }],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
  return [
    {
      name: "model-cache-prep",
      command: ["sh", "-c", "chown 0:102 /models && chmod g+rwx /models"],
      securityContext: { runAsUser: 0 },
      ...common,
    },
    {
      name: "model-downloader",
      command: [
        "sh",
        "-c",
        'mkdir -p "$CACHE_DIR"; [ -f "$MODEL_PATH" ] || { curl -fL -o "$MODEL_PATH.tmp" "$MODEL_SOURCE" && mv "$MODEL_PATH.tmp" "$MODEL_PATH"; }',
      ],
      env: [
        { name: "MODEL_SOURCE", value: weights.source },
        { name: "CACHE_DIR", value: `/models/${cacheKeyOf(weights.source)}` },
        { name: "MODEL_PATH", value: path },
      ],
      ...common,
    },
  ];
}
