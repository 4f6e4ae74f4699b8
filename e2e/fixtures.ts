import { test as base } from "@playwright/test";

import { KubeApi } from "./cluster/kube-api";
import { ServicePage } from "./pages/service-page";
import { createWorkload, type Workload } from "./workload";

type Fixtures = {
  readonly api: KubeApi;
  /** A namespace of this test alone; removed afterwards, whatever happened. */
  readonly namespace: string;
  readonly workload: Workload;
  /** What is on the page of a service of that namespace, however one got there. */
  readonly pageOf: (name: string) => ServicePage;
  /** The page of a service of that namespace, once it shows the service. */
  readonly openService: (name: string) => Promise<ServicePage>;
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
  pageOf: async ({ page, namespace }, use) => {
    await use((name) => new ServicePage(page, namespace, name));
  },
  openService: async ({ pageOf }, use) => {
    await use(async (name) => {
      const service = pageOf(name);
      await service.goto();
      return service;
    });
  },
});
export { expect } from "@playwright/test";
