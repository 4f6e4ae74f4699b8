import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startTestServer } from "./cluster/start-test-server";
import { startMooring } from "./start-mooring";

/**
 * One API server and one built Mooring for all journeys of a run. Workers find them through `MOORING_E2E_URL`,
 * `MOORING_E2E_KUBECONFIG` and `MOORING_E2E_CLUSTER`.
 */
export default async function startApp(): Promise<() => Promise<void>> {
  const server = await startTestServer({ demo: true, speed: 4 });
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-e2e-"));
  const cluster = server.realControlPlane ? "kubeconfig" : "sandbox";
  const release = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const mooring = await startMooring({
      kubeconfig: server.kubeconfig,
      cluster,
      operator: "builtin",
      dataDir,
      logName: "e2e-server",
    });
    process.env["MOORING_E2E_URL"] = mooring.url;
    process.env["MOORING_E2E_KUBECONFIG"] = server.kubeconfig;
    process.env["MOORING_E2E_CLUSTER"] = cluster;
    return async () => {
      await mooring.stop();
      await release();
    };
  } catch (error) {
    await release();
    throw error;
  }
}
