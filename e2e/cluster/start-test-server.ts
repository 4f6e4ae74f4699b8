import { KubeApi } from "./kube-api";
import { startControlPlane, type TestServer } from "./start-control-plane";
import { startSandbox } from "./start-sandbox";

export const log = (line: string): void => console.log(`[test server] ${line}`);

/**
 * The API server the suites run against: `TEST_KUBECONFIG` if set (a cluster with the two CRDs, at least one node, and something
 * that runs pods), a real control plane with `MOORING_TEST_SERVER=control-plane`, else the sandbox.
 */
export async function startTestServer(options: {
  readonly demo: boolean;
  readonly speed: number;
}): Promise<TestServer> {
  const given = process.env["TEST_KUBECONFIG"];
  if (given) {
    const api = new KubeApi(given);
    log(`using ${api.server}`);
    await api.close();
    return {
      kubeconfig: given,
      admin: null,
      realControlPlane: true,
      stop: () => Promise.resolve(),
    };
  }
  if (process.env["MOORING_TEST_SERVER"] === "control-plane") return startControlPlane(log);
  return startSandbox(options);
}
