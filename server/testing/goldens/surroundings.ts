import { createPriorityClasses, installCrds } from "@/e2e/cluster/furnish";
import type { KubeApi } from "@/e2e/cluster/kube-api";
import { waitUntil } from "@/e2e/cluster/processes";

const NODES = ["node-a", "node-b", "gpu-a"];

/** What the cases were recorded in: three nodes, one with a tainted GPU, no default storage class, no kubelet. */
export async function furnishAsRecorded(api: KubeApi): Promise<void> {
  await installCrds(api);
  await createPriorityClasses(api);
  for (const name of NODES) await createNode(api, name);
  await waitUntil("the nodes to be schedulable", async () => {
    const nodes = await api.list("/api/v1/nodes");
    return nodes.every((node) =>
      ((node["spec"]?.taints ?? []) as { key: string }[]).every(
        ({ key }) => key === "nvidia.com/gpu",
      ),
    );
  });
}

async function createNode(api: KubeApi, name: string): Promise<void> {
  const gpu = name === "gpu-a";
  await api.apply(`/api/v1/nodes/${name}`, {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, ...(gpu && { accelerator: "nvidia-l4" }) },
    },
    ...(gpu && {
      spec: { taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }] },
    }),
  });
  const resources = { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" };
  const amounts = gpu ? { ...resources, "nvidia.com/gpu": "1" } : resources;
  await api.patchStatus(`/api/v1/nodes/${name}`, {
    capacity: amounts,
    allocatable: amounts,
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
  });
}
