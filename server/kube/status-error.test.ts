import { describe, expect, it } from "vitest";

import { toStatusError } from "./status-error";

const status = (fields: object) => ({ kind: "Status", status: "Failure", ...fields });

describe("toStatusError", () => {
  it.each([
    ["AlreadyExists", 409, "AlreadyExists"],
    ["Conflict", 409, "Conflict"],
    ["Expired", 410, "Gone"],
    ["ServerTimeout", 500, "ServiceUnavailable"],
    ["SomethingNew", 403, "Forbidden"],
    [undefined, 503, "ServiceUnavailable"],
  ])("reason %s with HTTP %i is %s", (reason, code, expected) => {
    expect(toStatusError("x", { code, body: status({ reason, code }) }).reason).toBe(expected);
  });

  it("passes on the causes, the message, and when to come back", () => {
    const causes = [
      {
        reason: "FieldManagerConflict",
        field: ".spec.modelCache.claimName",
        message: 'conflict with "flux"',
      },
    ];
    const error = toStatusError("applying", {
      code: 409,
      body: status({
        reason: "Conflict",
        message: "owned",
        details: { causes, retryAfterSeconds: 3 },
      }),
    });

    expect(error).toMatchObject({
      reason: "Conflict",
      message: "owned",
      causes,
      retryAfterSeconds: 3,
    });
  });

  it("shows no secret that a webhook quotes, and bounds what it says", () => {
    const error = toStatusError("applying", {
      code: 422,
      body: status({
        reason: "Invalid",
        message: `denied:\nhttps://ada:hunter2@models.example.com/a?token=s3cret ${"x".repeat(9_000)}`,
        details: {
          causes: Array.from({ length: 80 }, () => ({ field: "spec", message: "hf_abcdefgh123" })),
        },
      }),
    });

    expect(error.message).toMatch(/^denied: https:\/\/models\.example\.com\/a x+…$/u);
    expect(error.message).toHaveLength(2_000);
    expect(error.causes).toHaveLength(50);
    expect(error.causes[0]?.message).toBe("hf_***");
  });

  it("takes the header when there is no Status, as from a proxy", () => {
    const error = toStatusError("GET /api/v1/pods", { code: 429, body: null, retryAfter: "7" });
    expect(error).toMatchObject({
      reason: "TooManyRequests",
      message: "GET /api/v1/pods: HTTP 429",
      retryAfterSeconds: 7,
    });
  });
});
