import { join } from "node:path";

import { generate, install } from "./setup/prepare.mjs";
import { exitCode, root } from "./setup/steps.mjs";

/** Recorded cases of the real operator against the built-in one: `npm run golden -- DIR [--case NAME]… [--better]`. */
async function main() {
  await install();
  await generate();
  process.exitCode = await exitCode(process.execPath, [
    "--import",
    "tsx",
    join(root, "server/testing/goldens/main.ts"),
    ...process.argv.slice(2),
  ]);
}

main().catch((error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
});
