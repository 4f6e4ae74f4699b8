import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

import type { KubeApi, KubeObject } from "./kube-api";
import { waitUntil } from "./processes";

const FOLDER = join(import.meta.dirname, "..", "..", "crds");
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const CLASSES = "/apis/scheduling.k8s.io/v1/priorityclasses";

/** Paths of the definitions in `crds/`. */
export function definitionFiles(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml") && file !== "priorityclasses.yaml")
    .map((file) => join(FOLDER, file));
}

function readObjects(path: string): KubeObject[] {
  return parseAllDocuments(readFileSync(path, "utf8")).map(
    (document) => document.toJS() as KubeObject,
  );
}

/** LLMKube's two kinds, served when this returns. */
export async function installCrds(api: KubeApi): Promise<void> {
  const documents = definitionFiles().flatMap(readObjects);
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

/** The classes that every serving pod names one of: the API server admits no pod that names a missing one. */
export async function createPriorityClasses(api: KubeApi): Promise<void> {
  for (const priorityClass of readObjects(join(FOLDER, "priorityclasses.yaml")))
    await api.apply(`${CLASSES}/${priorityClass.metadata.name}`, priorityClass);
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
