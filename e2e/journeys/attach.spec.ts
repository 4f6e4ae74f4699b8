import { expect, test } from "../fixtures";
import { observePage } from "../page-observer";

test("an attached claim is written, rolled out, mounted and ready without a reload @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await workload.createClaim("models-a");
  await workload.createService("chat");
  const observer = observePage(page);
  const service = await openService("chat");

  await service.openAttach();
  await service.choose("models-a");
  await expect(service.panel()).toContainText("The API server accepts the change");
  await expect(service.panel()).toContainText("claimName: models-a");
  await service.press("Apply");

  await expect(service.panel()).toContainText("the service runs from models-a");
  await service.press("Close");
  await expect(service.chain()).toContainText("models-a");
  await expect(service.chain()).toContainText("1 of 1 ready");
  expect(observer.documents()).toBe(1);

  const stored = await workload.service("chat");
  expect(stored?.["spec"].modelCache).toEqual({ claimName: "models-a" });
  const owners = (
    stored?.metadata["managedFields"] as { manager: string; fieldsV1: unknown }[]
  ).filter((entry) => JSON.stringify(entry.fieldsV1).includes("f:claimName"));
  expect(owners.map(({ manager }) => manager)).toEqual(["mooring"]);
  const pod = await workload.podTemplate("chat");
  expect(pod?.volumes[0]?.persistentVolumeClaim?.claimName).toBe("models-a");
  expect(pod?.initContainers.map(({ name }) => name)).toEqual([
    "model-cache-prep",
    "model-downloader",
  ]);
  expect(pod?.containers[0]?.volumeMounts).toContainEqual(
    expect.objectContaining({ mountPath: "/models", readOnly: true }),
  );
});

test("detaching goes back to the operator's cache by the same flow @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await workload.createClaim("models-a");
  await workload.createService("chat");
  const service = await openService("chat");
  await service.openAttach();
  await service.choose("models-a");
  await service.press("Apply");
  await expect(service.panel()).toContainText("the service runs from models-a");
  await service.press("Close");

  await page.getByRole("button", { name: "Detach" }).click();
  await expect(service.panel()).toContainText("The API server accepts the change");
  await service.press("Apply");

  await expect.poll(() => workload.claimName("chat")).toBeUndefined();
  await expect(service.chain()).toContainText("llmkube-model-cache");
});
