import BetterSqlite3 from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "../fixtures";
import { startMooring } from "../start-mooring";

test("the timeline takes what happens at its top, and holds it back from who reads further down @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await workload.createService("busy", { claimName: "not-there" });
  await openService("busy");
  const timeline = page.getByRole("tabpanel");
  for (let nth = 1; nth <= 12; nth += 1)
    await workload.setClaimName("busy", `choice-${String(nth)}`);
  await expect(timeline.getByText('claimName was set to "choice-12"')).toBeVisible();

  // what is in sight stays where it is, though rows come in above
  await page.setViewportSize({ width: 1440, height: 420 });
  const oldest = timeline.getByText("The service was created.");
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect(oldest).toBeInViewport();
  const news = timeline.getByRole("button", { name: /\d+ new/ });
  await workload.setClaimName("busy", "newest-choice");
  await expect(news).toBeVisible();
  const before = await oldest.boundingBox();
  await expect(timeline.getByText('claimName was set to "newest-choice"')).toHaveCount(0);
  await workload.setClaimName("busy", "last-choice");
  await expect(news).not.toHaveText("1 new");
  expect((await oldest.boundingBox())?.y).toBe(before?.y);
  await news.click();
  await expect(timeline.getByText('claimName was set to "last-choice"')).toBeInViewport();
  await expect(news).toHaveCount(0);
});

test("a filter of the timeline is part of the address @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await workload.createService("filtered", { claimName: "kept" });
  await openService("filtered");
  await workload.createClaim("kept");
  const timeline = page.getByRole("tabpanel");
  const ofClaim = timeline.getByRole("listitem").filter({ hasText: "PersistentVolumeClaim" });
  const ofService = timeline.getByRole("listitem").filter({ hasText: "The service was created." });
  await expect(ofClaim.first()).toBeVisible();
  await expect(ofService).toBeVisible();
  await timeline.getByRole("button", { name: "PersistentVolumeClaim", exact: true }).click();
  await expect(ofService).toHaveCount(0);
  await expect(page).toHaveURL(/kind=PersistentVolumeClaim/);
  await page.reload();
  await expect(ofClaim.first()).toBeVisible();
  await expect(ofService).toHaveCount(0);
  await timeline.getByRole("combobox", { name: "Object" }).selectOption("kept");
  await expect(page).toHaveURL(/about=kept/);
  await expect(ofClaim.first()).toBeVisible();
});

test("a service that was deleted keeps its history, one that never was has none @any-cluster", async ({
  page,
  api,
  namespace,
  workload,
  openService,
}) => {
  await workload.createService("shortlived", { claimName: "not-there" });
  await openService("shortlived");
  await expect(page.getByText("The service was created.")).toBeVisible();
  await api.delete(
    `/apis/inference.llmkube.dev/v1alpha1/namespaces/${namespace}/inferenceservices/shortlived`,
  );
  await expect(page.getByText("This service no longer exists.")).toBeVisible();
  await expect(page.getByText("The service was deleted.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("This service no longer exists.")).toBeVisible();
  await expect(page.getByText("The service was created.")).toBeVisible();

  await page.goto(`/namespaces/${namespace}/inferenceservices/never`);
  await expect(page.getByText(`never does not exist in ${namespace}`)).toBeVisible();
});

test("with its database held by another process Mooring goes on, says what is missing, and recovers by itself", async ({
  page,
  namespace,
  workload,
}) => {
  test.setTimeout(180_000);
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-locked-"));
  const mooring = await startMooring({
    kubeconfig: process.env["MOORING_E2E_KUBECONFIG"] ?? "",
    cluster: "kubeconfig",
    operator: "none",
    dataDir,
    logName: "e2e-locked",
  });
  const other = new BetterSqlite3(join(dataDir, "mooring.db"));
  try {
    await workload.createService("steady", { claimName: "not-there" });
    await page.goto(`${mooring.url}/namespaces/${namespace}/inferenceservices/steady`);
    const banner = page.getByRole("alert").filter({ hasText: "The history is not being recorded" });
    await expect(page.getByText("The service was created.")).toBeVisible();
    await expect(banner).toHaveCount(0);

    other.exec("BEGIN EXCLUSIVE");
    await workload.setClaimName("steady", "chosen-meanwhile");
    await expect(banner).toContainText("locked by another process");
    const header = page.getByRole("list", { name: "From the model to the node" });
    await expect(header).toContainText("chosen-meanwhile"); // the stream and the detail go on
    const refused = await page.request.post(
      `${mooring.url}/api/v1/namespaces/${namespace}/inferenceservices/steady/attachments`,
      { data: { claimName: "refused" } },
    );
    expect(refused.status()).toBe(503);
    expect((await refused.json()) as object).toMatchObject({ code: "ServiceUnavailable" });
    await page.goto(`${mooring.url}/about`);
    await expect(banner).toBeVisible();
    await expect(page.getByRole("region", { name: "History and webhook" })).toContainText(
      "not recorded",
    );
    other.exec("COMMIT");

    await expect(banner).toHaveCount(0);
    await page.goto(`${mooring.url}/namespaces/${namespace}/inferenceservices/steady`);
    await expect(page.getByText('claimName was set to "chosen-meanwhile"')).toBeVisible();
  } finally {
    other.close();
    await mooring.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
