import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures";
import { handsOf, WAYS } from "../hands";

// Each is a whole way through, with a look by axe at every stage.
test.describe.configure({ timeout: 120_000 });

const FLUX = {
  "kustomize.toolkit.fluxcd.io/name": "serving",
  "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
};

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

for (const way of WAYS) {
  test(`a first claim is attached by ${way} @any-cluster`, async ({
    page,
    workload,
    openService,
  }) => {
    await workload.createClaim("models-a");
    await workload.createService("chat");
    const service = await openService("chat");
    const hands = handsOf(page, way);
    const opener = page.getByRole("button", { name: "Attach a claim" });
    const panel = service.panel();

    await hands.press(opener);
    await hands.chooseClaim(panel, "models-a");
    await expect(panel).toContainText("The API server accepts the change");
    await expectAccessible(page);
    await hands.press(panel.getByRole("button", { name: "Apply", exact: true }));
    await expect(panel).toContainText("the service runs from models-a");
    await hands.close(panel);

    await expect(opener).toBeFocused();
    await expect(service.chain()).toContainText("models-a");
    expect(await workload.claimName("chat")).toBe("models-a");
  });

  test(`a claim on a node that does not fit blocks, and another one is taken by ${way} @any-cluster`, async ({
    page,
    workload,
    openService,
  }) => {
    await workload.createClaim("models-far", { node: "nowhere" });
    await workload.createClaim("models-near");
    await workload.createService("chat");
    const service = await openService("chat");
    const hands = handsOf(page, way);
    const panel = service.panel();

    await hands.press(page.getByRole("button", { name: "Attach a claim" }));
    await hands.chooseClaim(panel, "models-far");
    const checks = panel.getByRole("list", { name: "Checks" });
    await expect(checks.getByText("Blocks:").first()).toBeAttached();
    await expect(checks).toContainText("node");
    await expect(panel.getByRole("button", { name: "Apply and wait" })).toBeVisible();

    await hands.chooseClaim(panel, "models-near");
    await hands.press(panel.getByRole("button", { name: "Apply", exact: true }));
    await expect(panel).toContainText("the service runs from models-near");
    await hands.close(panel);
    expect(await workload.claimName("chat")).toBe("models-near");
  });

  test(`a change for a repository is copied and watched until it is there, by ${way} @any-cluster`, async ({
    page,
    context,
    namespace,
    workload,
    openService,
  }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await workload.createClaim("models-a");
    await workload.createClaim("models-b");
    const manager = "kustomize-controller";
    await workload.createService("chat", { claimName: "models-a", manager, labels: FLUX });
    const service = await openService("chat");
    const hands = handsOf(page, way);
    const panel = service.panel();

    await hands.press(page.getByRole("button", { name: "Attach a claim" }));
    await hands.chooseClaim(panel, "models-b");
    await hands.press(panel.getByRole("button", { name: "Copy the change for your repository" }));
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
      "claimName: models-b",
    );
    await hands.press(panel.getByRole("button", { name: "Watch for it here" }));
    await expect(panel).toContainText("Waiting for your repository to apply it");
    await expect(panel).toContainText("flux reconcile kustomization serving -n flux-system");
    await expectAccessible(page);
    await page.reload();
    await expect(panel).toContainText("Waiting for your repository to apply it");

    await workload.setClaimName("chat", "models-b", manager);
    await expect(panel).toContainText("the service runs from models-b");
    await hands.close(panel);
    const stored = await page.request.get(`/api/v1/attachments?namespace=${namespace}`);
    expect(await stored.json()).toMatchObject({ items: [] });
  });

  test(`a change by somebody else under the open panel is told, the input stays, and the field is taken after its owner was shown, by ${way} @any-cluster`, async ({
    page,
    workload,
    openService,
  }) => {
    for (const claim of ["models-a", "models-b", "models-c"]) await workload.createClaim(claim);
    await workload.createService("chat", { claimName: "models-a" });
    const service = await openService("chat");
    const hands = handsOf(page, way);
    const panel = service.panel();
    const comment = panel.getByRole("textbox", { name: "Comment, kept with the request" });

    await hands.press(page.getByRole("button", { name: "Attach a claim" }));
    await hands.chooseClaim(panel, "models-b");
    await hands.write(comment, "for the demo");
    await workload.setClaimName("chat", "models-c", "kubectl-edit");

    const banner = panel.getByRole("status", { name: "Changed while you were looking" });
    await expect(banner).toContainText(
      'Field manager "kubectl-edit" set the claim to "models-c"; it was "models-a".',
    );
    await expect(comment).toHaveValue("for the demo");
    await expect(panel.getByRole("radio", { name: /^models-b\b/ })).toBeChecked();
    const change = panel.getByLabel("The change as the API server would store it");
    await expect(change).toContainText("- ");
    await expect(change).toContainText("claimName: models-c");
    await expectAccessible(page);
    await hands.press(banner.getByRole("button", { name: "Understood" }));
    await expect(banner).toBeEmpty();

    await hands.press(panel.getByRole("button", { name: "Take ownership…" }));
    const question = panel.getByRole("alertdialog", { name: "Take ownership and apply" });
    await expect(question).toContainText("kubectl-edit");
    await expect(question).toContainText("Update");
    await hands.press(question.getByRole("button", { name: "Take ownership and apply" }));
    await expect(panel).toContainText("the service runs from models-b");
    await hands.close(panel);
    expect(await workload.claimName("chat")).toBe("models-b");
  });

  test(`an earlier request is gone back to by ${way} @any-cluster`, async ({
    page,
    workload,
    openService,
  }) => {
    await workload.createClaim("models-a");
    await workload.createClaim("models-b");
    await workload.createService("chat");
    const service = await openService("chat");
    for (const claim of ["models-a", "models-b"]) {
      await service.requestClaim(claim);
      await expect.poll(() => workload.claimName("chat")).toBe(claim);
    }
    await service.goto("attachments");
    const hands = handsOf(page, way);
    const panel = service.panel();
    const opener = page.getByRole("button", { name: "Revert to models-a" });

    await hands.press(opener);
    await expect(panel.getByRole("heading", { name: "Revert chat to models-a" })).toBeVisible();
    await expect(panel.getByRole("radio", { name: /^models-a\b/ })).toBeChecked();
    await hands.press(panel.getByRole("button", { name: "Apply", exact: true }));
    await expect(panel).toContainText("the service runs from models-a");
    await hands.close(panel);

    expect(await workload.claimName("chat")).toBe("models-a");
    await expect(page.getByRole("tabpanel")).toContainText("Goes back to the request of");
  });

  test(`one claim is attached to several services by ${way} @any-cluster`, async ({
    page,
    namespace,
    workload,
  }) => {
    await workload.createClaim("models-all", { accessMode: "ReadWriteMany" });
    for (const name of ["chat", "code", "other"]) await workload.createService(name);
    await page.goto(`/?ns=${namespace}`);
    const hands = handsOf(page, way);
    const panel = page.getByRole("dialog");
    for (const name of ["chat", "code"]) {
      await hands.check(page.getByRole("checkbox", { name: `Select ${namespace}/${name}` }));
    }
    const opener = page.getByRole("button", { name: "Attach the same claim to 2 services…" });

    await hands.press(opener);
    await hands.chooseClaim(panel, "models-all");
    await expect(panel).toContainText("2 can be applied.");
    await expect(panel.getByRole("list", { name: "Services" }).getByRole("listitem")).toHaveCount(
      2,
    );
    await expectAccessible(page);
    await hands.press(panel.getByRole("button", { name: "Apply to 2 services" }));
    await expect(panel).toContainText(`2 of 2 in ${namespace} run from the claim.`);
    await hands.close(panel);

    await expect(opener).toBeFocused();
    expect(await workload.claimName("chat")).toBe("models-all");
    expect(await workload.claimName("code")).toBe("models-all");
    expect(await workload.claimName("other")).toBeUndefined();
  });
}

test("scratch space keeps a claim out until persistence is set along with it, and undoing it restores both @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await workload.createClaim("models-a");
  await workload.createService("chat", { persistence: "Ephemeral" });
  const cacheOf = async () =>
    (await workload.service("chat"))?.["spec"].modelCache as Readonly<Record<string, string>>;
  const service = await openService("chat");
  const panel = service.panel();
  await service.openAttach();
  await service.choose("models-a");
  await expect(panel).toContainText("Ephemeral persistence, which takes no claim");

  await panel.getByRole("checkbox", { name: /Also set persistence to Cached/ }).check();
  await service.press("Take ownership…");
  await service.press("Take ownership and apply");
  await expect(panel).toContainText("the service runs from models-a");
  expect(await cacheOf()).toEqual({ claimName: "models-a", persistence: "Cached" });
  await panel.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Revert to no claim…" }).click();
  await expect(panel.getByRole("heading", { name: "Revert chat to no claim" })).toBeVisible();
  await expect(
    panel.getByRole("checkbox", { name: /Also set persistence to Ephemeral/ }),
  ).toBeChecked();
  await service.press("Apply");
  await expect(panel).toContainText("the service no longer names a claim");
  expect(await cacheOf()).toEqual({ persistence: "Ephemeral" });
});

test("a request that the server refuses for what it found is told in the same banner, and can be sent again @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await workload.createClaim("models-a");
  await workload.createService("chat");
  const service = await openService("chat");
  const panel = service.panel();
  const attachments = "**/api/v1/namespaces/*/inferenceservices/chat/attachments";
  await page.route(attachments, (route) => {
    const body = route.request().postDataJSON() as object;
    // As if this page had not heard yet of what somebody else wrote.
    return route.continue({ postData: JSON.stringify({ ...body, expectedClaimName: "other" }) });
  });
  await service.openAttach();
  await service.choose("models-a");
  await panel.getByRole("textbox", { name: /^Comment/ }).fill("for the demo");
  await service.press("Apply");

  const banner = panel.getByRole("status", { name: "Changed while you were looking" });
  await expect(banner).toContainText("its spec names no claim now. Nothing was stored.");
  await expect(panel.getByRole("textbox", { name: /^Comment/ })).toHaveValue("for the demo");
  await page.unroute(attachments);
  await service.press("Apply");
  await expect(panel).toContainText("the service runs from models-a");
});

test("the focus stays in the open panel, and rows are selected with the space key @any-cluster", async ({
  page,
  namespace,
  workload,
}) => {
  await workload.createClaim("models-a");
  await workload.createService("chat");
  await workload.createService("code");
  await page.goto(`/?ns=${namespace}`);
  await page.getByRole("link", { name: "chat", exact: true }).waitFor();

  await page.keyboard.press("j");
  await page.keyboard.press("Space");
  await page.keyboard.press("j");
  await page.keyboard.press("Space");
  const bar = page.getByRole("region", { name: "Selected services" });
  await expect(bar).toContainText("2 services selected");
  await page.keyboard.press("Space");
  await expect(bar).toContainText("1 service selected");

  await page.keyboard.press("a");
  const panel = page.getByRole("dialog");
  await expect(panel.getByRole("textbox", { name: /Search claims/ })).toBeFocused();
  await panel.getByRole("radio").first().waitFor({ state: "attached" });
  for (let stop = 0; stop < 40; stop += 1) {
    await page.keyboard.press("Tab");
    const inside = await panel.evaluate((element) => element.contains(document.activeElement));
    expect(inside, `after ${stop + 1} Tabs`).toBe(true);
  }
});

test("rows of several namespaces cannot share a claim, and the bar says so", async ({ page }) => {
  await page.goto("/?ns=prod,research");
  await page.getByRole("checkbox", { name: "Select all shown services" }).check();
  const bar = page.getByRole("region", { name: "Selected services" });
  await expect(bar).toContainText("only services of one namespace can share a claim");
  await expect(bar.getByRole("button", { name: /Attach the same claim/ })).toBeDisabled();

  await bar.getByRole("button", { name: "Keep only prod" }).click();
  await expect(bar.getByRole("button", { name: /Attach the same claim/ })).toBeEnabled();
});
