import type { NewObject } from "../api/objects";

export type NodeParts = {
  name: string;
  cpu: string;
  memory: string;
  gpus?: number;
  gpuProduct?: string;
  disk?: string;
  taints?: { key: string; value?: string; effect: string }[];
  cordoned?: boolean;
  labels?: Record<string, string>;
  /** Sets DiskPressure: the kubelet's own sign that the node's disk is full. */
  diskPressure?: boolean;
};

/** A Ready node of a small on-premises cluster. */
export function buildNode(parts: NodeParts): NewObject {
  const { name, cpu, memory, gpus = 0, disk = "200Gi", labels = {} } = parts;
  const capacity = {
    cpu,
    memory,
    pods: "110",
    "ephemeral-storage": disk,
    ...(gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {}),
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        ...(parts.gpuProduct === undefined ? {} : { "nvidia.com/gpu.product": parts.gpuProduct }),
        ...labels,
      },
    },
    spec: {
      ...(parts.taints === undefined ? {} : { taints: parts.taints }),
      ...(parts.cordoned === true ? { unschedulable: true } : {}),
    },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: "InternalIP", address: addressOf(name) },
        { type: "Hostname", address: name },
      ],
      conditions: nodeConditions(parts.diskPressure === true),
      nodeInfo: {
        architecture: "amd64",
        operatingSystem: "linux",
        osImage: "Debian GNU/Linux 13 (trixie)",
        kernelVersion: "6.12.41",
        containerRuntimeVersion: "containerd://2.1.4",
        kubeletVersion: "v1.36.3",
        kubeProxyVersion: "",
        bootID: "",
        machineID: "",
        systemUUID: "",
      },
    },
  };
}

function addressOf(name: string): string {
  const number = Number(/(\d+)$/.exec(name)?.[1] ?? "1");
  return `10.20.0.${10 + (name.startsWith("gpu") ? 100 : 0) + number}`;
}

function nodeConditions(diskPressure: boolean) {
  const healthy = (type: string, what: string, state: string) => ({
    type,
    status: "False",
    reason: `KubeletHas${what}`,
    message: `kubelet has ${state}`,
  });
  return [
    healthy("MemoryPressure", "SufficientMemory", "sufficient memory available"),
    diskPressure
      ? {
          type: "DiskPressure",
          status: "True",
          reason: "KubeletHasDiskPressure",
          message: "kubelet has disk pressure",
        }
      : healthy("DiskPressure", "NoDiskPressure", "no disk pressure"),
    healthy("PIDPressure", "SufficientPID", "sufficient PID available"),
    {
      type: "Ready",
      status: "True",
      reason: "KubeletReady",
      message: "kubelet is posting ready status",
    },
  ];
}

/** A storage class; Immediate and Delete unless told otherwise. */
export function buildStorageClass(parts: {
  name: string;
  provisioner: string;
  waitForFirstConsumer?: boolean;
  isDefault?: boolean;
  reclaimPolicy?: "Delete" | "Retain";
  allowExpansion?: boolean;
}): NewObject {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: parts.name,
      ...(parts.isDefault === true
        ? { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }
        : {}),
    },
    provisioner: parts.provisioner,
    reclaimPolicy: parts.reclaimPolicy ?? "Delete",
    volumeBindingMode: parts.waitForFirstConsumer === true ? "WaitForFirstConsumer" : "Immediate",
    ...(parts.allowExpansion === true ? { allowVolumeExpansion: true } : {}),
  };
}
