import type { Locator, Page } from "@playwright/test";

/** One service as a person sees it: actions and locators by role and label. Assertions stay in the specs. */
export class ServicePage {
  private readonly page: Page;
  private readonly path: string;

  constructor(page: Page, namespace: string, name: string) {
    this.page = page;
    this.path = `/namespaces/${namespace}/inferenceservices/${name}`;
  }

  async goto(): Promise<void> {
    await this.page.goto(this.path);
    await this.chain().getByRole("listitem").first().waitFor();
  }

  chain(): Locator {
    return this.page.getByRole("list", { name: "From the model to the node" });
  }

  /** The card of a finding, by its code. */
  finding(code: string): Locator {
    const findings = this.page.getByRole("region", { name: "Findings" });
    return findings.getByRole("article").filter({ hasText: code });
  }

  /** The lines of the log that is open. */
  log(): Locator {
    return this.page.getByRole("log", { name: "Log" });
  }

  panel(): Locator {
    return this.page.getByRole("dialog");
  }

  /** A step of the live stepper that is done. */
  step(name: string): Locator {
    return this.panel().getByRole("listitem").filter({ hasText: name });
  }

  async openAttach(): Promise<void> {
    await this.page.getByRole("button", { name: "Attach a claim" }).click();
    await this.panel().getByRole("region", { name: "Choose a claim" }).waitFor();
  }

  /** Chooses a listed claim, or names one that does not exist. */
  async choose(claim: string): Promise<void> {
    const search = this.panel().getByRole("textbox", { name: /Search claims/ });
    await search.fill(claim);
    await this.panel()
      .getByRole("radio", { name: new RegExp(`^(Use )?"?${claim}\\b`) })
      .first()
      .check({ force: true });
  }

  async press(button: string): Promise<void> {
    await this.panel().getByRole("button", { name: button, exact: true }).click();
  }
}
