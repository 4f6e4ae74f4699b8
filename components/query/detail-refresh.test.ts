import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { createDetailRefresh } from "./detail-refresh";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("reads a changed detail at once and a burst after it only once more", () => {
  const client = new QueryClient();
  const keys: unknown[] = [];
  client.invalidateQueries = (filter) => {
    if (filter?.queryKey?.[0] === "service") keys.push(filter.queryKey);
    return Promise.resolve();
  };
  const refresh = createDetailRefresh(client, { detailMs: 1_000 });

  for (let index = 0; index < 5; index++) refresh.service("prod/llama");
  refresh.service("prod/other");
  expect(keys).toEqual([
    ["service", "prod/llama"],
    ["service", "prod/other"],
  ]);

  vi.advanceTimersByTime(1_000);
  expect(keys).toHaveLength(3);
  vi.advanceTimersByTime(10_000);
  expect(keys).toHaveLength(3);
});
