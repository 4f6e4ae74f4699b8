import { expect, test } from "../fixtures";

test("a claim that does not exist blocks: nothing is written, and it goes on once the claim is there @any-cluster", async ({
  workload,
  openService,
}) => {
  await workload.createService("chat");
  const service = await openService("chat");
  await service.openAttach();
  await service.choose("models-later");
  await expect(service.panel()).toContainText('Claim "models-later" does not exist');
  await service.press("Apply and wait");

  await expect(service.panel()).toContainText('Claim "models-later" does not exist');
  const untouched = await workload.service("chat");
  expect(untouched?.["spec"].modelCache).toBeUndefined();
  expect((await workload.claims()).map(({ metadata }) => metadata.name)).not.toContain(
    "models-later",
  );

  await workload.createClaim("models-later");
  await expect(service.panel()).toContainText("the service runs from models-later");
  expect((await workload.service("chat"))?.["spec"].modelCache).toEqual({
    claimName: "models-later",
  });
});

test("written anyway, a missing claim degrades the service without any fallback, and heals untouched @any-cluster", async ({
  namespace,
  workload,
  openService,
}) => {
  await workload.createService("chat");
  const service = await openService("chat");
  await service.openAttach();
  await service.choose("models-later");
  await service.press("Write anyway…");
  await service.press("Write anyway");

  await expect(service.finding("ModelCachePVCNotFound")).toContainText(
    `Claim "models-later" does not exist in namespace ${namespace}`,
  );
  await expect.poll(() => workload.phase("chat")).toBe("Failed");
  await expect
    .poll(async () => (await workload.events("ModelCachePVCNotFound")).length)
    .toBeGreaterThan(0);
  expect((await workload.claims()).map(({ metadata }) => metadata.name)).not.toContain(
    "models-later",
  );
  const pod = await workload.podTemplate("chat");
  expect(
    pod?.volumes[0]?.persistentVolumeClaim?.claimName,
    "the Deployment is left as it was",
  ).toBe("llmkube-model-cache");

  await workload.createClaim("models-later");
  await expect(service.finding("ModelCachePVCNotFound")).toHaveCount(0);
  await expect(service.chain()).toContainText("models-later");
  await expect.poll(() => workload.phase("chat")).toBe("Ready");
});
