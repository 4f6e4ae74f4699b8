import { expect, type Locator, type Page } from "@playwright/test";

/** More stops than any page or panel has. */
const MOST_STOPS = 120;

/** How a person works with a page: everything a journey does goes through one of these, so that it is made in both ways. */
export type Hands = {
  readonly way: "mouse" | "keyboard";
  readonly press: (target: Locator) => Promise<void>;
  readonly check: (box: Locator) => Promise<void>;
  readonly write: (field: Locator, text: string) => Promise<void>;
  /** In the panel's radio group, found by its name. */
  readonly chooseClaim: (panel: Locator, claim: string) => Promise<void>;
  /** Closes the panel. */
  readonly close: (panel: Locator) => Promise<void>;
};

export const WAYS = ["mouse", "keyboard"] as const;

/** By mouse, or by `page.keyboard` alone. */
export function handsOf(page: Page, way: Hands["way"]): Hands {
  return way === "mouse" ? mouse() : keyboard(page);
}

function searchOf(panel: Locator): Locator {
  return panel.getByRole("textbox", { name: /Search claims/ });
}

function radioOf(panel: Locator, claim: string): Locator {
  return panel.getByRole("radio", { name: new RegExp(`^${claim}\\b`) }).first();
}

function mouse(): Hands {
  return {
    way: "mouse",
    press: (target) => target.click(),
    check: (box) => box.click(),
    write: (field, text) => field.fill(text),
    chooseClaim: async (panel, claim) => {
      await searchOf(panel).fill(claim);
      // The radio itself is out of sight: its card is what is clicked.
      await radioOf(panel, claim).locator("xpath=ancestor::label").click();
      await expect(radioOf(panel, claim)).toBeChecked();
    },
    close: async (panel) => {
      await panel
        .getByRole("button", { name: /^(Close|Done)$/ })
        .last()
        .click();
      await expect(panel).toHaveCount(0);
    },
  };
}

function keyboard(page: Page): Hands {
  const press = async (target: Locator) => {
    await tabTo(page, target);
    await page.keyboard.press("Enter");
  };
  const write = async (field: Locator, text: string) => {
    await tabTo(page, field);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(text);
  };
  return {
    way: "keyboard",
    press,
    write,
    check: async (box) => {
      await tabTo(page, box);
      await page.keyboard.press("Space");
    },
    chooseClaim: async (panel, claim) => {
      await write(searchOf(panel), claim);
      await tabTo(page, radioOf(panel, claim));
      await page.keyboard.press("Space");
      await expect(radioOf(panel, claim)).toBeChecked();
    },
    close: async (panel) => {
      await page.keyboard.press("Escape");
      await expect(panel).toHaveCount(0);
    },
  };
}

/** Tab by Tab, as far as it takes; the focus has to be in sight wherever it is used. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor({ state: "attached" });
  await expect(target).toBeEnabled();
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    if (await hasFocus(target)) {
      expect(await target.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`The Tab key does not lead to ${target.toString()}`);
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}
