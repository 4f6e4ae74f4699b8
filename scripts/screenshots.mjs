import { ensureBrowser } from "./setup/browser.mjs";
import { build, generate, install } from "./setup/prepare.mjs";
import { root, run } from "./setup/steps.mjs";

/** Makes the README's pictures from the running product, so that they stay true. */
await install();
await generate();
const browser = await ensureBrowser();
await build();
await run(process.execPath, ["--import", "tsx", "e2e/take-screenshots.ts"], {
  cwd: root,
  show: true,
  env: { CHROMIUM_PATH: browser },
});
