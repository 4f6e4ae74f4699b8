import AxeBuilder from "@axe-core/playwright";

import { expect, test } from "../fixtures";

/** Situations of the demo data; the sandbox only. */
const PAGES = [
  { name: "Services", path: "/", shows: "llama-3.3-70b" },
  {
    name: "Service",
    path: "/namespaces/prod/inferenceservices/qwen3-32b",
    shows: "the service may only run on gpu-2",
  },
  {
    name: "Attach",
    path: "/namespaces/prod/inferenceservices/phi-4-mini?attach=models-nvme-a",
    shows: "claimName: models-nvme-a",
  },
  { name: "Claims", path: "/claims", shows: "models-nvme-a" },
  {
    name: "Claim",
    path: "/namespaces/prod/persistentvolumeclaims/models-nvme-a",
    shows: "local-nvme",
  },
  { name: "About", path: "/about", shows: "InferenceService" },
  { name: "Findings", path: "/findings#ProvisionerStuck", shows: "ProvisionerStuck" },
] as const;

for (const { name, path, shows } of PAGES) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${name} has no accessibility violation in the ${colorScheme} theme`, async ({
      browser,
    }) => {
      const context = await browser.newContext({ colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(path);
      await expect(page.getByText(shows).first()).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })),
      ).toEqual([]);
      await context.close();
    });
  }

  test(`${name} fits a phone without scrolling sideways`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await page.goto(path);
    await expect(page.getByText(shows).first()).toBeVisible();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await context.close();
  });
}

const SITUATIONS = [
  ["llama-3.3-70b", "ModelCachePVCNotFound", "prod"],
  ["qwen3-32b", "ClaimNodeMismatch", "prod"],
  ["granite-3.3-8b-eval", "ClaimInUseOnOtherNode", "research"],
  ["mixtral-8x7b", "ModelTransferOutOfSpace", "research"],
  ["phi-4", "UnbindableModelCache", "research"],
  ["starcoder2-15b", "ModelSourceUnauthorized", "research"],
  ["llama-3.2-3b", "StaleCacheKey", "prod"],
  ["embed-bge", "ModelCacheClaimIgnored", "research"],
  ["rerank-v2", "UnboundedEphemeralCache", "research"],
  ["mistral-small-24b", "FieldOwnedByOther", "prod"],
] as const;

for (const [name, code, namespace] of SITUATIONS) {
  test(`the demo shows ${code} on ${name}`, async ({ page }) => {
    await page.goto(`/namespaces/${namespace}/inferenceservices/${name}`);
    await expect(page.getByRole("article").filter({ hasText: code })).toBeVisible();
  });
}

test("a finding's code leads to what it means", async ({ page }) => {
  await page.goto("/namespaces/prod/inferenceservices/qwen3-32b");
  await page.getByRole("link", { name: "ClaimNodeMismatch: what is this?" }).click();
  await expect(page).toHaveURL(/\/findings#ClaimNodeMismatch$/);
  await expect(page.locator("#ClaimNodeMismatch")).toBeInViewport();
  await expect(page.locator("#ClaimNodeMismatch")).toContainText("have no node in common");
});

test("the home page is worked by keyboard alone: filter, move, open, attach", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("link", { name: "codestral-22b" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("textbox", { name: "Filter services" })).toBeFocused();
  await page.keyboard.type("codestral");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("codestral-22b");
});

test("a link to what does not exist says so: unknown service, unknown claim", async ({ page }) => {
  await page.goto("/namespaces/prod/inferenceservices/no-such-service");
  await expect(page.getByRole("main")).toContainText("no-such-service does not exist in prod");
  await page.goto("/namespaces/prod/persistentvolumeclaims/no-such-claim");
  await expect(page.getByRole("main")).toContainText("Claim no-such-claim does not exist in prod");
});
