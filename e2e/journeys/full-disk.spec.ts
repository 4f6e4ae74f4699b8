import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures";
import { observePage } from "../page-observer";
import type { ServicePage } from "../pages/service-page";

/** The weights of the workload are 2 GB big, the small claim holds something else already. */
const OLD_ENTRY = { "4d0b7cc1e95a2f38/vicuna-33b.gguf": 900_000_000 };

/** A service whose claim has no room for its model; Mooring alone owns the field, as if it had been attached here. */
test.beforeEach(async ({ api, namespace, workload }) => {
  await workload.createClaim("small", { size: "2Gi", files: OLD_ENTRY });
  await workload.createClaim("roomy");
  await workload.createService("chat", { claimName: "small" });
  const path = `/apis/inference.llmkube.dev/v1alpha1/namespaces/${namespace}/inferenceservices/chat`;
  const service = {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { name: "chat", namespace },
  };
  await api.apply(path, { ...service, spec: { modelCache: { claimName: "small" } } }, "mooring");
  const others = { modelRef: "chat", resources: { cpu: "1", memory: "1Gi" } };
  await api.apply(path, { ...service, spec: others }, "kubectl");
});

const row = (page: Page) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name: "chat", exact: true }) });

async function seesTheCause(service: ServicePage): Promise<void> {
  const finding = service.finding("ModelTransferOutOfSpace");
  await expect(finding).toContainText('The disk is full: claim "small" (2Gi)');
  await expect(finding).toContainText("Free space on the claim");
  await expect(finding.getByRole("table")).toContainText("No space left on device");
}

test("a full disk is found on the list, read to its log, and left for a roomier claim, by mouse @any-cluster", async ({
  page,
  namespace,
  pageOf,
}) => {
  const observer = observePage(page);
  await page.goto(`/?ns=${namespace}`);
  await expect(row(page)).toContainText("The disk is full");
  await row(page).getByRole("link", { name: "chat", exact: true }).click();
  const service = pageOf("chat");
  await seesTheCause(service);

  await service
    .finding("ModelTransferOutOfSpace")
    .getByRole("button", { name: "Open its log" })
    .click();
  await expect(service.log()).toContainText("No space left on device");
  await expect(page).toHaveURL(/[?&]tab=logs(&|$)/);
  await expect(page).toHaveURL(/[?&]container=model-downloader(&|$)/);

  await service
    .finding("ModelTransferOutOfSpace")
    .getByRole("button", { name: "Use a larger claim" })
    .click();
  await service.choose("roomy");
  await expect(service.panel()).toContainText("The API server accepts the change");
  await service.press("Apply");
  await expect(service.panel()).toContainText("the service runs from roomy");
  await service.press("Close");
  await expect(service.finding("ModelTransferOutOfSpace")).toHaveCount(0);
  await expect(service.chain()).toContainText("1 of 1 ready");
  expect(observer.documents(), "without a reload").toBe(1);
});

test("a full disk is found, read to its log, and left for a roomier claim, by keyboard alone @any-cluster", async ({
  page,
  namespace,
  workload,
  pageOf,
}) => {
  await page.goto(`/?ns=${namespace}`);
  await expect(row(page)).toContainText("The disk is full");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const service = pageOf("chat");
  await seesTheCause(service);

  await tabTo(page, "Open its log");
  await page.keyboard.press("Enter");
  await expect(service.log()).toContainText("No space left on device");
  await tabTo(page, "Find in the log");
  await page.keyboard.type("space");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("search")).toContainText("1 of 1");
  await expect(service.log().locator("mark[data-current]")).toHaveText("space");

  await tabTo(page, "Use a larger claim", "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, /Search claims/);
  await page.keyboard.type("roomy");
  await expect(service.panel().getByRole("radio", { name: /^roomy/ })).toHaveCount(1);
  await page.keyboard.press("Tab");
  await expect(service.panel().getByRole("radio", { name: /^roomy/ })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(service.panel()).toContainText("The API server accepts the change");
  await tabTo(page, "Apply");
  await page.keyboard.press("Enter");
  await expect(service.panel()).toContainText("the service runs from roomy");
  await page.keyboard.press("Escape");
  await expect(service.panel()).toHaveCount(0);
  await expect(service.chain()).toContainText("1 of 1 ready");
  expect(await workload.claimName("chat")).toBe("roomy");
});

test("a disk that is freed by hand is noticed: the download goes on and the finding goes, untouched @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  test.setTimeout(150_000);
  const observer = observePage(page);
  const service = await openService("chat");
  await seesTheCause(service);
  await workload.freeClaim("small");
  // the kubelet starts a container that failed some times again only after a while
  await expect(service.finding("ModelTransferOutOfSpace")).toHaveCount(0, { timeout: 90_000 });
  await expect(service.chain()).toContainText("1 of 1 ready");
  await expect.poll(() => workload.phase("chat")).toBe("Ready");
  expect(observer.documents(), "without a reload").toBe(1);
});

test("the report names the cause, its evidence and the log, and its link shows them again @any-cluster", async ({
  page,
  context,
  openService,
  pageOf,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const service = await openService("chat");
  const finding = service.finding("ModelTransferOutOfSpace");
  await finding.getByRole("button", { name: "Open its log" }).click();
  await expect(service.log()).toContainText("No space left on device");
  await finding.getByRole("button", { name: "Copy report" }).click();
  await expect(finding.getByRole("button", { name: "Copied" })).toBeVisible();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain("## error: The disk is full");
  expect(report).toMatch(/exit code 23.*\(\d{4}-\d\d-\d\dT/);
  expect(report).toMatch(/^curl: \(23\) Failure writing output to destination/m);
  const link = /<(http[^>]+)>/.exec(report)?.[1] ?? "";

  await page.goto(link);
  const again = pageOf("chat");
  await seesTheCause(again);
  await expect(again.log()).toContainText("No space left on device");
});

test("where the browser does not let it be copied, the report is there to be copied by hand @any-cluster", async ({
  page,
  openService,
}) => {
  const service = await openService("chat");
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await service
    .finding("ModelTransferOutOfSpace")
    .getByRole("button", { name: "Copy report" })
    .click();
  const text = page.getByRole("textbox", { name: "Report", exact: true });
  await expect(text).toHaveValue(/## error: The disk is full/);
  const selected = await text.evaluate(
    (element: HTMLTextAreaElement) => element.selectionEnd - element.selectionStart,
  );
  expect(selected).toBeGreaterThan(500);
  await page.keyboard.press("Escape");
  await expect(text).toHaveCount(0);
});

/** Goes on with Tab, or back, until the focus is on what has that name. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  const wanted = typeof name === "string" ? new RegExp(`^${name}$`) : name;
  await expect(async () => {
    const label = await page.evaluate(() => {
      const element = document.activeElement;
      const text = element instanceof HTMLElement ? element.innerText : "";
      return element?.getAttribute("aria-label") ?? text;
    });
    if (!wanted.test(label.trim())) await page.keyboard.press(key);
    expect(label.trim()).toMatch(wanted);
  }).toPass({ intervals: [0], timeout: 20_000 });
}
