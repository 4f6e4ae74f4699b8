import type { Page } from "@playwright/test";

export type PageObserver = {
  /** Documents loaded since the observer began: 1 means that the page was never reloaded. */
  documents(): number;
  /** API paths asked for since `mark()`. */
  requests(): readonly string[];
  mark(): void;
};

/** Watches what a page loads, to prove that what is live is not fetched again. */
export function observePage(page: Page): PageObserver {
  let documents = 0;
  let requests: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) documents += 1;
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) requests.push(`${request.method()} ${pathname}`);
  });
  return {
    documents: () => documents,
    requests: () => requests,
    mark: () => {
      requests = [];
    },
  };
}
