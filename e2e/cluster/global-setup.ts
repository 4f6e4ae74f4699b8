import type { TestProject } from "vitest/node";

import { findKubectl, type Kubectl } from "./binaries";
import { log, startTestServer } from "./start-test-server";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the kubeconfig of the API server under test. */
    kubeconfig: string;
    /** The sandbox's fault endpoint; null on a real control plane. */
    admin: string | null;
    /** The control plane's etcd; null where there is none to talk to. */
    etcd: string | null;
    realControlPlane: boolean;
    kubectl: Kubectl;
  }
}

/** One API server for all integration suites of a run; each test makes its own namespace in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer({ demo: false, speed: 20 });
  project.provide("kubeconfig", server.kubeconfig);
  project.provide("admin", server.admin);
  project.provide("etcd", server.etcd ?? null);
  project.provide("realControlPlane", server.realControlPlane);
  const kubectl = await findKubectl(log, { mayBuild: server.realControlPlane });
  if ("missing" in kubectl) log(`the kubectl suite is left out: ${kubectl.missing}`);
  project.provide("kubectl", kubectl);
  return () => server.stop();
}
