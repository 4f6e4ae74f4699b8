import { describe, expect, it } from "vitest";

import { isKept, project, type RawObject } from "./project";

const HELPER = "helper-pod-create-pvc-0a1b2c3d-0000-4000-8000-0123456789ab";
const META = {
  name: "llama",
  namespace: "ml",
  uid: "u",
  resourceVersion: "1",
  creationTimestamp: "2026-03-01T11:00:00Z",
};

const owner = (manager: string, spec: object) => ({
  manager,
  operation: "Apply",
  apiVersion: "inference.llmkube.dev/v1alpha1",
  fieldsType: "FieldsV1",
  time: "2026-03-01T11:00:00Z",
  fieldsV1: { "f:spec": spec },
});

describe("project", () => {
  it("keeps of the managers those that own the claim name, and nothing else that they own", () => {
    const raw: RawObject = {
      metadata: {
        ...META,
        managedFields: [
          owner("flux", { "f:modelRef": {}, "f:modelCache": { ".": {}, "f:claimName": {} } }),
          owner("kubectl", { "f:replicas": {} }),
          { ...owner("editor", { "f:replicas": {} }), time: "2026-03-01T12:00:00Z" },
          owner("helm", { "f:modelCache": { "f:persistence": {}, "f:other": {} } }),
          { manager: "llmkube", operation: "Update", subresource: "status", fieldsV1: {} },
        ],
      },
      spec: { modelRef: "m" },
    };

    expect(project("inferenceservices", raw).metadata.managedFields).toEqual([
      owner("flux", { "f:modelCache": { "f:claimName": {} } }),
      { ...owner("editor", {}), time: "2026-03-01T12:00:00Z", fieldsV1: {} },
      owner("helm", { "f:modelCache": { "f:persistence": {} } }),
    ]);
  });

  it("drops managers of other kinds and the last applied annotation, and keeps other annotations", () => {
    const raw: RawObject = {
      metadata: {
        ...META,
        managedFields: [owner("kubectl", {})],
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", note: "kept" },
      },
    };

    const { metadata } = project("persistentvolumeclaims", raw);
    expect(metadata).not.toHaveProperty("managedFields");
    expect(metadata.annotations).toEqual({ note: "kept" });
  });

  it.each(["inferenceservices", "models"] as const)(
    "drops status.lastUpdated of %s, which changes without end",
    (plural) => {
      const raw = { metadata: META, spec: {}, status: { phase: "Ready", lastUpdated: "now" } };
      expect(project(plural, raw).status).toEqual({ phase: "Ready" });
    },
  );

  it("gives what comes out of a list its kind, and cluster-scoped objects an empty namespace", () => {
    const metadata = { name: "local-nvme", uid: "u", resourceVersion: "1" };
    expect(project("storageclasses", { metadata })).toMatchObject({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { namespace: "" },
    });
  });

  it("is the same for two heartbeats of a node", () => {
    const node = (heartbeat: string): RawObject => ({
      metadata: { ...META, annotations: { heartbeat }, labels: { zone: "a" } },
      spec: { podCIDR: "10.0.0.0/24", taints: [{ key: "gpu", effect: "NoSchedule" }] },
      status: {
        allocatable: { cpu: "8" },
        capacity: { cpu: "8" },
        conditions: [
          { type: "MemoryPressure", status: "False", lastHeartbeatTime: heartbeat },
          { type: "DiskPressure", status: "True", lastHeartbeatTime: heartbeat },
          { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: heartbeat },
        ],
        images: [{ names: [heartbeat] }],
      },
    });

    const projected = project("nodes", node("1"));
    expect(projected).toEqual(project("nodes", node("2")));
    expect(projected).toMatchObject({
      metadata: { labels: { zone: "a" } },
      spec: { taints: [{ key: "gpu", effect: "NoSchedule" }] },
      status: {
        allocatable: { cpu: "8" },
        conditions: [
          { type: "DiskPressure", status: "True" },
          { type: "Ready", status: "True", reason: "KubeletReady" },
        ],
      },
    });
  });

  it("keeps of a pod what says where it runs, what it mounts and how it is", () => {
    const claim = { name: "model-cache", persistentVolumeClaim: { claimName: "c" } };
    const raw: RawObject = {
      metadata: { ...META, labels: { app: "llama" }, annotations: { big: "text" } },
      spec: {
        nodeName: "gpu-1",
        volumes: [claim, { name: "kube-api-access", projected: {} }],
        serviceAccountName: "default",
        initContainers: [
          {
            name: "model-downloader",
            image: "curl",
            command: ["sh", "-c", "a long script"],
            env: [
              { name: "CACHE_DIR", value: "/models/key" },
              { name: "HF_TOKEN", value: "secret" },
            ],
          },
        ],
        containers: [{ name: "llama-server", image: "llama", args: ["--verbose"] }],
      },
      status: {
        phase: "Running",
        podIP: "10.0.0.1",
        containerStatuses: [{ name: "llama-server" }],
      },
    };

    const { metadata, spec, status } = project("pods", raw);
    expect(metadata).toEqual({ ...META, labels: { app: "llama" } });
    expect(spec).toEqual({
      nodeName: "gpu-1",
      volumes: [claim],
      initContainers: [
        {
          name: "model-downloader",
          image: "curl",
          env: [{ name: "CACHE_DIR", value: "/models/key" }],
        },
      ],
      containers: [{ name: "llama-server", image: "llama" }],
    });
    expect(status).toEqual({
      phase: "Running",
      podIP: "10.0.0.1",
      containerStatuses: [{ name: "llama-server" }],
    });
  });

  it("keeps of a provisioner's helper only what keeps it from running", () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "taint" }];
    const raw: RawObject = {
      metadata: { ...META, name: HELPER },
      spec: {
        nodeSelector: { "kubernetes.io/hostname": "gpu-1" },
        tolerations: [{ key: "disk" }],
        volumes: [{ name: "data", hostPath: { path: "/opt" } }],
        containers: [{ name: "helper-pod", image: "busybox" }],
      },
      status: { phase: "Pending", conditions },
    };

    const { spec, status } = project("pods", raw);
    expect(spec).toEqual({
      nodeSelector: { "kubernetes.io/hostname": "gpu-1" },
      tolerations: [{ key: "disk" }],
      containers: [],
    });
    expect(status).toEqual({ phase: "Pending", conditions });
  });

  it("keeps of a pod that only takes room on a node how much, and nothing that changes while it runs", () => {
    const resources = { requests: { cpu: "2" }, limits: { "nvidia.com/gpu": "1" } };
    const raw: RawObject = {
      metadata: { ...META, labels: { app: "notebook" }, ownerReferences: [{ kind: "Job" }] },
      spec: {
        nodeName: "gpu-1",
        priority: 100,
        overhead: { memory: "1Gi" },
        tolerations: [{ operator: "Exists" }],
        initContainers: [{ name: "proxy", image: "p", restartPolicy: "Always", resources }],
        containers: [{ name: "notebook", image: "n", env: [], resources }],
      },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    };

    const kept = project("pods", raw);
    expect(kept.metadata).toEqual({ ...META, labels: { app: "notebook" } });
    expect(kept.status).toBeUndefined();
    expect(kept.spec).toEqual({
      nodeName: "gpu-1",
      priority: 100,
      overhead: { memory: "1Gi" },
      initContainers: [{ name: "proxy", restartPolicy: "Always", resources }],
      containers: [{ name: "notebook", resources }],
    });
  });

  it.each<[string, object, boolean]>([
    [
      "of a service",
      { metadata: { ...META, labels: { "inference.llmkube.dev/service": "x" } } },
      true,
    ],
    [
      "that mounts a claim",
      { metadata: META, spec: { volumes: [{ persistentVolumeClaim: { claimName: "c" } }] } },
      true,
    ],
    ["with a claim of its own", { metadata: META, spec: { volumes: [{ ephemeral: {} }] } }, true],
    [
      "that makes a directory for a claim",
      { metadata: { ...META, name: HELPER }, spec: { volumes: [{ hostPath: {} }] } },
      true,
    ],
    [
      "that only sounds like it",
      { metadata: { ...META, name: "helper-pod-create-report" }, spec: { volumes: [] } },
      false,
    ],
    ["that takes room on a node", { metadata: META, spec: { nodeName: "gpu-1" } }, true],
    ["that waits for a node", { metadata: META, spec: { volumes: [] } }, false],
    [
      "that has given its room back",
      { metadata: META, spec: { nodeName: "gpu-1" }, status: { phase: "Succeeded" } },
      false,
    ],
  ])("a pod %s: kept = %s", (_case, raw, kept) => {
    expect(isKept("pods", raw as RawObject)).toBe(kept);
  });
});
