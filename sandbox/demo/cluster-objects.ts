import type { DemoClient } from "./demo-client";
import { buildNode, buildStorageClass, type NodeParts } from "./infrastructure";

const GPU_NODE = {
  cpu: "64",
  memory: "512Gi",
  gpus: 8,
  gpuProduct: "NVIDIA-A100-SXM4-80GB",
  disk: "1500Gi",
  taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }],
  labels: { "node.example.com/local-nvme": "true" },
};

/** Two GPU nodes with their own disks, and three general ones: one free, one cordoned, one whose disk is full. */
const NODES: readonly NodeParts[] = [
  { name: "gpu-1", ...GPU_NODE },
  { name: "gpu-2", ...GPU_NODE },
  { name: "node-3", cpu: "32", memory: "128Gi" },
  { name: "node-4", cpu: "32", memory: "128Gi", cordoned: true },
  {
    name: "node-5",
    cpu: "32",
    memory: "128Gi",
    disk: "100Gi",
    diskPressure: true,
    taints: [{ key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" }],
  },
];

/** Namespaces, nodes and storage classes. */
export function createClusterObjects(demo: DemoClient): void {
  for (const name of ["prod", "research"]) {
    if (demo.client.get("namespaces", undefined, name) !== undefined) continue;
    demo.create("namespaces", "90d", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
  }
  for (const node of NODES) demo.create("nodes", "90d", buildNode(node));
  const classes = [
    buildStorageClass({
      name: "local-nvme",
      provisioner: "rancher.io/local-path",
      waitForFirstConsumer: true,
      reclaimPolicy: "Retain",
    }),
    buildStorageClass({ name: "nfs-rwx", provisioner: "nfs.csi.k8s.io", allowExpansion: true }),
    buildStorageClass({
      name: "standard",
      provisioner: "rbd.csi.ceph.com",
      isDefault: true,
      allowExpansion: true,
    }),
  ];
  for (const storageClass of classes) {
    demo.create("storageclasses.storage.k8s.io", "90d", storageClass);
  }
}
