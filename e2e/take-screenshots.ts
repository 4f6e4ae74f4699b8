import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";

import { startSandbox } from "./cluster/start-sandbox";
import { startMooring } from "./start-mooring";

const target = join(import.meta.dirname, "..", "docs", "screenshots");
const SERVICE = "/namespaces/prod/inferenceservices/llama-3.3-70b";
const PAGES: Readonly<
  Record<string, { readonly path: string; readonly shows: (page: Page) => Promise<void> }>
> = {
  services: {
    path: "/",
    shows: (page) => page.getByRole("row").nth(5).waitFor(),
  },
  service: {
    path: SERVICE,
    shows: async (page) => {
      const chain = page.getByRole("list", { name: "From the model to the node" });
      await chain.getByText("models-nvme-b").first().waitFor();
      await page.getByRole("tabpanel").getByRole("listitem").first().waitFor();
    },
  },
  attach: {
    path: `${SERVICE}?attach=models-nvme-a`,
    shows: (page) => page.getByText("claimName: models-nvme-a").first().waitFor(),
  },
};

const sandbox = await startSandbox({ demo: true, speed: 1 });
const dataDir = mkdtempSync(join(tmpdir(), "mooring-screenshots-"));
const mooring = await startMooring({
  kubeconfig: sandbox.kubeconfig,
  cluster: "sandbox",
  operator: "builtin",
  dataDir,
  logName: "screenshots",
});
const executablePath = process.env["CHROMIUM_PATH"];
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  mkdirSync(target, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      colorScheme,
      baseURL: mooring.url,
      viewport: { width: 1440, height: 900 },
      reducedMotion: "reduce",
    });
    for (const [name, { path, shows }] of Object.entries(PAGES)) {
      const page = await context.newPage();
      await page.goto(path);
      await shows(page);
      await page.screenshot({ path: join(target, `${name}-${colorScheme}.png`) });
      await page.close();
    }
    await context.close();
  }
  console.log(`Pictures are in ${target}`);
} finally {
  await browser.close();
  await mooring.stop();
  await sandbox.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
