import { expect, test } from "../fixtures";

type Shown = { readonly title: string; readonly body: string };

/** While the mouse is over it, its hint is part of its name. */
const NOT_WATCHED = /^Watch( |$)/;

/** Stands in for the desktop: what would be shown there is kept in the page. */
function stubNotifications(permission: NotificationPermission): void {
  const shown: Shown[] = [];
  let asked = 0;
  class Stub {
    static permission: NotificationPermission = "default";
    static requestPermission(): Promise<NotificationPermission> {
      asked += 1;
      Stub.permission = permission;
      return Promise.resolve(permission);
    }
    onclick: (() => void) | null = null;
    constructor(title: string, { body = "" }: NotificationOptions) {
      shown.push({ title, body });
    }
  }
  Object.assign(window, { Notification: Stub, shownNotices: shown, askedTimes: () => asked });
}

test("a watched service tells on the desktop what opens and when all is clear, and asks for permission by the click alone @any-cluster", async ({
  page,
  workload,
  openService,
}) => {
  await page.addInitScript(stubNotifications, "granted" as const);
  await workload.createClaim("there");
  await workload.createService("watched", { claimName: "there" });
  await openService("watched");
  const asked = () =>
    page.evaluate(() => (window as unknown as { askedTimes(): number }).askedTimes());
  const shown = () =>
    page.evaluate(() => (window as unknown as { shownNotices: readonly Shown[] }).shownNotices);
  const findings = page.getByRole("region", { name: "Findings" });
  await expect.poll(() => workload.phase("watched"), { timeout: 60_000 }).toBe("Ready");
  await expect(findings).toHaveCount(0);

  const watch = page.getByRole("button", { name: NOT_WATCHED });
  await expect(watch).toBeVisible();
  expect(await asked()).toBe(0);
  await watch.click();
  await expect(page.getByRole("button", { name: "Watching" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  expect(await asked()).toBe(1);

  await workload.setClaimName("watched", "not-there");
  await expect
    .poll(async () => (await shown()).map(({ body }) => body).join("\n"))
    .toContain("not-there");
  await workload.setClaimName("watched", "there");
  await expect
    .poll(async () => (await shown()).map(({ title }) => title), { timeout: 60_000 })
    .toContain("watched: all clear");

  await page.getByRole("button", { name: "Watching" }).click();
  await expect(watch).toHaveAttribute("aria-pressed", "false");
});

test("where notifications are blocked that is said, and nothing is watched", async ({
  page,
  workload,
  openService,
}) => {
  await page.addInitScript(stubNotifications, "denied" as const);
  await workload.createService("unwatched", { claimName: "not-there" });
  await openService("unwatched");
  const watch = page.getByRole("button", { name: NOT_WATCHED });
  await watch.click();
  await expect(page.getByText("Notifications of this page are blocked.")).toBeVisible();
  await expect(watch).toHaveAttribute("aria-pressed", "false");
});
