import { test as base } from "@playwright/test";

import { KubeApi } from "./cluster/kube-api";
import { createWorkload, type Workload } from "./workload";

type Fixtures = {
  readonly api: KubeApi;
  /** A namespace of this test alone; removed afterwards, whatever happened. */
  readonly namespace: string;
  readonly workload: Workload;
};

export const test = base.extend<Fixtures>({
  api: async ({}, use) => {
    const api = new KubeApi(process.env["MOORING_E2E_KUBECONFIG"] ?? "");
    await use(api);
    await api.close();
  },
  namespace: async ({ api }, use) => {
    const name = await api.createNamespace("journey");
    await use(name);
    await api.delete(`/api/v1/namespaces/${name}`);
  },
  workload: async ({ api, namespace }, use) => {
    const workload = createWorkload(api, namespace);
    await workload.createSharedVolume();
    await use(workload);
    await workload.deleteVolumes();
  },
});
export { expect } from "@playwright/test";
