import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

import type { KubeApi, KubeObject } from "./kube-api";
import { waitUntil } from "./processes";

const crdDir = join(import.meta.dirname, "..", "..", "sandbox", "crds");
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** LLMKube's two kinds, served when this returns. */
export async function installCrds(api: KubeApi): Promise<void> {
  const documents = readdirSync(crdDir)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => parseAllDocuments(readFileSync(join(crdDir, file), "utf8")))
    .map((document) => document.toJS() as KubeObject);
  for (const crd of documents) await api.apply(`${CRDS}/${crd.metadata.name}`, crd);
  await waitUntil("the CRDs to be served", async () => {
    const crds = await Promise.all(documents.map((crd) => api.get(`${CRDS}/${crd.metadata.name}`)));
    return crds.every((crd) =>
      (crd?.["status"]?.conditions as { type: string; status: string }[] | undefined)?.some(
        (condition) => condition.type === "Established" && condition.status === "True",
      ),
    );
  });
}

async function createNode(api: KubeApi, name: string): Promise<void> {
  const resources = { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" };
  await api.create("/api/v1/nodes", {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } },
  });
  const now = new Date().toISOString();
  const condition = {
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    message: "",
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  await api.patchStatus(`/api/v1/nodes/${name}`, {
    capacity: resources,
    allocatable: resources,
    conditions: [condition],
  });
}

/** The classes LLMKube's chart installs: every serving pod names one, and the API server admits none without it. */
const PRIORITIES = { critical: 1_000_000, high: 100_000, normal: 10_000, low: 1_000, batch: 100 };

/** The classes of LLMKube's chart. */
export async function createPriorityClasses(api: KubeApi): Promise<void> {
  for (const [name, value] of Object.entries(PRIORITIES)) {
    await api.apply(`/apis/scheduling.k8s.io/v1/priorityclasses/llmkube-${name}`, {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: `llmkube-${name}` },
      value,
    });
  }
}

/** What the sandbox has when it is started empty, on a cluster that has nothing: CRDs, three nodes, a storage class. */
export async function furnish(api: KubeApi): Promise<void> {
  await installCrds(api);
  await createPriorityClasses(api);
  for (const name of ["node-1", "node-2", "node-3"]) await createNode(api, name);
  await api.apply("/apis/storage.k8s.io/v1/storageclasses/local-wffc", {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "local-wffc" },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  });
  await waitUntil("the nodes to be schedulable", async () => {
    const nodes = await api.list("/api/v1/nodes");
    return nodes.every(
      (node) => ((node["spec"]?.taints as unknown[] | undefined) ?? []).length === 0,
    );
  });
}
