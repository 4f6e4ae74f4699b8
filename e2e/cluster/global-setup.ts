import type { TestProject } from "vitest/node";

import { startTestServer } from "./start-test-server";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the kubeconfig of the API server under test. */
    kubeconfig: string;
    /** The sandbox's fault endpoint; null on a real control plane. */
    admin: string | null;
    realControlPlane: boolean;
  }
}

/** One API server for all integration suites of a run; each test makes its own namespace in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer({ demo: false, speed: 20 });
  project.provide("kubeconfig", server.kubeconfig);
  project.provide("admin", server.admin);
  project.provide("realControlPlane", server.realControlPlane);
  return () => server.stop();
}
