import type { KubeApi } from "@/e2e/cluster/kube-api";
import type { GoldenCase } from "./golden-case";
import { madeOutside } from "./object-paths";

/**
 * The next case finds the cluster as this one did: it needs the nodes' room, and every change of a volume makes the scheduler look
 * at all waiting pods again. The namespace goes by itself.
 */
export async function cleanUp(api: KubeApi, golden: GoldenCase): Promise<void> {
  const core = `/api/v1/namespaces/${golden.namespace}`;
  const services = `/apis/inference.llmkube.dev/v1alpha1/namespaces/${golden.namespace}/inferenceservices`;
  const claims = `${core}/persistentvolumeclaims`;
  await deleteAll(api, services);
  await gone(() => api.list(`${core}/pods`));
  await deleteAll(api, claims);
  await gone(() => api.list(claims));
  const outside = golden.steps.flatMap(madeOutside);
  for (const path of outside) await api.delete(path, { propagationPolicy: "Background" });
  await gone(async () => (await Promise.all(outside.map((path) => api.get(path)))).filter(Boolean));
  await api.delete(core, { propagationPolicy: "Background" });
}

async function deleteAll(api: KubeApi, collection: string): Promise<void> {
  for (const { metadata } of await api.list(collection)) {
    await api.delete(`${collection}/${metadata.name}`, { propagationPolicy: "Background" });
  }
}

async function gone(list: () => Promise<readonly unknown[]>): Promise<void> {
  const end = Date.now() + 30_000;
  while ((await list()).length > 0 && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 200));
}
