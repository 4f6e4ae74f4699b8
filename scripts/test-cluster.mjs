import { ensureBrowser } from "./setup/browser.mjs";
import { build, generate, install, nextTypes } from "./setup/prepare.mjs";
import { conclude, golden, playwright, vitest } from "./setup/suites.mjs";

/** The same suites against a real control plane (built from its Go modules, or what TEST_KUBECONFIG names). */
async function main() {
  await install();
  await generate();
  const browser = await ensureBrowser();
  await build();
  await nextTypes();
  const env = { MOORING_TEST_SERVER: "control-plane" };
  const goldens = process.env.MOORING_GOLDENS;
  conclude([
    ...(goldens ? [await golden("recorded-cases", [goldens])] : []),
    await vitest("integration-control-plane", ["--project", "integration"], env),
    await playwright("journeys-control-plane", ["--grep", "@any-cluster"], {
      ...env,
      CHROMIUM_PATH: browser,
    }),
  ]);
}

main().catch((error) => {
  console.error(error.message);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
