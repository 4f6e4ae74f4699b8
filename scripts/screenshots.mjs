import { ensureBrowser } from "./setup/browser.mjs";
import { build, generate, install } from "./setup/prepare.mjs";
import { exitCode, root } from "./setup/steps.mjs";

/** Makes the README's pictures from the running product, so that they stay true. */
await install();
await generate();
const browser = await ensureBrowser();
await build();
process.exitCode = await exitCode(
  process.execPath,
  ["--import", "tsx", "e2e/take-screenshots.ts"],
  {
    cwd: root,
    env: { CHROMIUM_PATH: browser },
  },
);
