import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { install } from "./setup/prepare.mjs";
import { startSandbox, stopAll, stopOnSignals } from "./setup/processes.mjs";
import { root } from "./setup/steps.mjs";

/** The sandbox alone: prints how to reach it with kubectl and stays until Ctrl-C. */
async function main() {
  await install();
  const dataDir = resolve(process.env.MOORING_DATA_DIR ?? join(root, "data"));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  stopOnSignals();
  const args = process.argv.slice(2);
  const { server, kubeconfig, child } = await startSandbox({
    kubeconfig: join(dataDir, "sandbox.kubeconfig"),
    port: Number(process.env.SANDBOX_PORT ?? 0),
    args,
  });
  console.log(`The sandbox is at ${server}\n  export KUBECONFIG=${kubeconfig}`);
  console.log(
    "  No operator runs beside it: `npm start` does the operator's work, this alone does not.",
  );
  child.once("exit", (code) => process.exit(code ?? 1));
}

main().catch((error) => {
  console.error(error.message);
  void stopAll().then(() => process.exit(1));
});
