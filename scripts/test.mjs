import { ensureBrowser } from "./setup/browser.mjs";
import { build, generate, install, nextTypes } from "./setup/prepare.mjs";
import { conclude, playwright, vitest } from "./setup/suites.mjs";

/** Every test that needs no Go toolchain, in a bare clone: unit, component, integration on the sandbox, journeys in a browser. */
async function main() {
  await install();
  await generate();
  const browser = await ensureBrowser();
  await build();
  await nextTypes();
  conclude([
    await vitest("unit", ["--project", "unit", "--project", "components"]),
    await vitest("integration-sandbox", ["--project", "integration"]),
    await playwright("journeys-sandbox", [], { CHROMIUM_PATH: browser }),
  ]);
}

main().catch((error) => {
  console.error(error.message);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
