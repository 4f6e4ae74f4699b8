import { startControlPlane } from "./start-control-plane";
import { log } from "./start-test-server";

/** `npx tsx e2e/cluster/main.ts`: a real control plane to try things on by hand, until Ctrl-C. */
const server = await startControlPlane(log);
log(`export KUBECONFIG=${server.kubeconfig}`);
const stop = () => void server.stop().then(() => process.exit(0));
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
