import { expect, test } from "../fixtures";
import { observePage } from "../page-observer";

test("a change made with kubectl shows in the row without a reload and without fetching the list @any-cluster", async ({
  page,
  namespace,
  workload,
}) => {
  await workload.createClaim("models-a");
  await workload.createService("chat");
  await page.goto(`/?ns=${namespace}`);
  const row = page
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name: "chat", exact: true }) });
  await expect(row).toContainText("llmkube-model-cache");
  await expect(row).toContainText("1/1");
  const observer = observePage(page);

  await workload.setClaimName("chat", "models-a");

  await expect(row).toContainText("models-a");
  await expect(row).not.toContainText("llmkube-model-cache");
  expect(observer.documents()).toBe(0);
  expect(observer.requests()).toEqual([]);
});

test("the chain follows a change made with kubectl by reading that one service again @any-cluster", async ({
  page,
  namespace,
  workload,
  openService,
}) => {
  await workload.createService("chat");
  const service = await openService("chat");
  await expect(service.chain()).toContainText("1 of 1 ready");
  const observer = observePage(page);

  await workload.setClaimName("chat", "models-gone");

  await expect(service.chain()).toContainText("models-gone");
  await expect(service.chain()).toContainText("does not exist");
  expect(observer.documents()).toBe(0);
  const own = `/api/v1/namespaces/${namespace}/inferenceservices/chat`;
  expect(observer.requests().filter((request) => !request.startsWith(`GET ${own}`))).toEqual([]);
});

test("a field that a repository owns is not written: the change is offered for the repository @any-cluster", async ({
  workload,
  openService,
}) => {
  await workload.createClaim("models-a");
  await workload.createClaim("models-b");
  await workload.createService("chat", { claimName: "models-a", manager: "kustomize-controller" });
  const service = await openService("chat");
  await service.openAttach();
  await service.choose("models-b");

  await expect(service.panel()).toContainText("your repository will set it back");
  await expect(
    service.panel().getByRole("button", { name: "Copy the change for your repository" }),
  ).toBeVisible();

  await service.press("Take ownership…");
  await service.press("Take ownership and apply");
  await expect(service.panel()).toContainText("the service runs from models-b");
  expect((await workload.service("chat"))?.["spec"].modelCache.claimName).toBe("models-b");
});
