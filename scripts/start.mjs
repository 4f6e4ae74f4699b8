import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { build, generate, install, nextTypes } from "./setup/prepare.mjs";
import { choosePort } from "./setup/ports.mjs";
import { keepSandbox, startNext, stopAll, stopOnSignals } from "./setup/processes.mjs";
import { root, step } from "./setup/steps.mjs";

const USAGE = `npm start                          on the embedded sandbox, nothing else needed
npm start -- --context NAME        on the cluster of a kubeconfig context
npm start -- --kubeconfig FILE     on the cluster of this kubeconfig's current context
           --port N                listen on this port (default 3000, or a free one)
SANDBOX_STATE=keep npm start       keep the sandbox's objects over a restart (default: fresh demo data each time)`;

const { values: flags } = parseArgs({
  options: {
    context: { type: "string" },
    kubeconfig: { type: "string" },
    port: { type: "string" },
    dev: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

/** The environment that tells the server which cluster; flags win. A kubeconfig that merely exists is never used. */
async function cluster(dataDir) {
  if (flags.context ?? flags.kubeconfig) {
    const kubeconfig = flags.kubeconfig ? resolve(flags.kubeconfig) : undefined;
    if (kubeconfig && !existsSync(kubeconfig))
      throw new Error(`There is no kubeconfig at ${kubeconfig}.`);
    return {
      MOORING_CLUSTER: "kubeconfig",
      ...(kubeconfig && { MOORING_KUBECONFIG: kubeconfig }),
      ...(flags.context && { MOORING_CONTEXT: flags.context }),
    };
  }
  const asked = process.env.MOORING_CLUSTER;
  if (asked && asked !== "sandbox") return {};
  if (!asked && process.env.KUBERNETES_SERVICE_HOST) return { MOORING_CLUSTER: "in-cluster" };
  const kubeconfig = join(dataDir, "sandbox.kubeconfig");
  await step("Starting the sandbox", async () => {
    await keepSandbox({ kubeconfig, port: Number(process.env.SANDBOX_PORT ?? 0) });
  });
  console.log(`  kubectl --kubeconfig ${kubeconfig} get isvc,pvc -A`);
  return { MOORING_CLUSTER: "sandbox", MOORING_KUBECONFIG: kubeconfig };
}

async function main() {
  if (flags.help) return console.log(USAGE);
  const started = Date.now();
  console.log("Mooring");
  await install();
  await generate();
  await (flags.dev ? nextTypes() : build());

  const dataDir = resolve(process.env.MOORING_DATA_DIR ?? join(root, "data"));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const host = process.env.HOST ?? "127.0.0.1";
  const port = await choosePort(flags.port ?? process.env.PORT, 3000);
  stopOnSignals();
  const env = { ...(await cluster(dataDir)), MOORING_DATA_DIR: dataDir };
  const { url, child } = await startNext({ mode: flags.dev ? "dev" : "start", host, port, env });
  child.once("exit", (code) => void stopAll().then(() => process.exit(code ?? 1)));
  console.log(
    `\n  Mooring is at ${url}  (${((Date.now() - started) / 1000).toFixed(1)} s; Ctrl-C ends it)\n`,
  );
}

main().catch((error) => {
  console.error(`\n${error.message}`);
  void stopAll().then(() => process.exit(1));
});
