import type { Locator, Page } from "@playwright/test";

/** One service as a person sees it: actions and locators by role and label. Assertions stay in the specs. */
export class ServicePage {
  private readonly page: Page;
  private readonly path: string;

  constructor(page: Page, namespace: string, name: string) {
    this.page = page;
    this.path = `/namespaces/${namespace}/inferenceservices/${name}`;
  }

  async goto(tab?: string): Promise<void> {
    await this.page.goto(tab === undefined ? this.path : `${this.path}?tab=${tab}`);
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
    await this.page.getByRole("button", { name: "Attach a claim" }).first().click();
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

  /** Asks for a claim through the API, as a script would; the page has to be open, because it is the one that asks. */
  async requestClaim(claimName: string): Promise<void> {
    const status = await this.page.evaluate(
      async ({ path, body }) => {
        const headers = { "content-type": "application/json" };
        return (await fetch(path, { method: "POST", headers, body })).status;
      },
      { path: `/api/v1${this.path}/attachments`, body: JSON.stringify({ claimName }) },
    );
    if (status !== 202) throw new Error(`The request for ${claimName} was answered with ${status}`);
  }

  async press(button: string): Promise<void> {
    await this.panel().getByRole("button", { name: button, exact: true }).click();
  }
}
