import { expect, it, vi } from "vitest";

import { AppError, hasReason } from "./errors";

it("knows an error of another copy of this module, as Next loads it", async () => {
  vi.resetModules();
  const copy = await import("./errors");
  const error = new copy.AppError("NotFound", "gone");

  expect(copy.AppError).not.toBe(AppError);
  expect(error).toBeInstanceOf(AppError);
  expect(hasReason(error, "NotFound")).toBe(true);
});

it.each([new Error("bug"), { reason: "NotFound" }, null, "NotFound"])(
  "does not take %s for one",
  (value) => {
    expect(value instanceof AppError).toBe(false);
  },
);
