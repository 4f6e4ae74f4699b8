import { describe, expect, it } from "vitest";

import { bulkPreflightSchema, preflightSchema, type Preflight } from "@/server/contract/preflight";
import { AppError } from "@/server/errors";
import type { ClaimFieldWriter } from "@/server/ports";
import type { ServiceContext } from "@/server/services/context";
import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import { preflight, preflightBulk } from "./preflight";

const DETACH = { namespace: "ml", name: "llama", claimName: null };

async function run(
  body: object,
  overrides?: (context: ServiceContext) => Partial<ServiceContext>,
): Promise<Preflight> {
  const world = await aRouteWorld();
  const context = { ...world.context, ...overrides?.(world.context) };
  const response = await ask({ ...world.host, open: async () => context }, preflight, {
    method: "POST",
    body,
  });
  return preflightSchema.parse(await response.json());
}

const verdictOf = ({ checks }: Preflight, code: string) =>
  checks.find((check) => check.code === code)?.verdict;

/** A dry run that fails unless ownership is taken. */
function refusing(error: AppError) {
  return ({ claimField }: ServiceContext): { claimField: ClaimFieldWriter } => ({
    claimField: {
      ...claimField,
      apply: (change) => (change.force ? claimField.apply(change) : Promise.reject(error)),
    },
  });
}

describe("POST preflight", () => {
  it("shows the exact change as the API server would store it", async () => {
    const result = await run(DETACH);

    expect(result.diff).toEqual([
      { op: "remove", path: "/spec/modelCache", from: { claimName: "models-nvme-a" } },
    ]);
    expect(result.before).toContain("claimName: models-nvme-a");
    expect(result.after).not.toContain("claimName");
    expect(verdictOf(result, "DryRun")).toBe("pass");
  });

  it("tells of a missing claim although the dry run would accept it", async () => {
    const result = await run({ ...DETACH, claimName: "models-nvme-z" });

    expect(result.verdict).toBe("block");
    expect(verdictOf(result, "ClaimExists")).toBe("block");
    expect(verdictOf(result, "DryRun")).toBe("pass");
  });

  it("names the owner of the field, and still shows what taking ownership would store", async () => {
    const causes = [
      {
        reason: "FieldManagerConflict",
        field: ".spec.modelCache.claimName",
        message: 'conflict with "flux" using v1',
      },
    ];
    const result = await run(
      DETACH,
      refusing(new AppError("Conflict", "Apply failed", { causes })),
    );

    expect(result.checks.find(({ code }) => code === "DryRun")).toMatchObject({
      verdict: "block",
      message: expect.stringContaining("flux") as string,
    });
    expect(result.after).not.toBeNull();
  });

  it.each([
    ["block", new AppError("Invalid", "spec.modelCache is not valid")],
    ["block", new AppError("Forbidden", "may not")],
    ["unknown", new AppError("ServiceUnavailable", "away")],
  ])("answers with a check that says %s when the dry run fails by %s", async (verdict, error) => {
    const result = await run(DETACH, refusing(error));

    expect(verdictOf(result, "DryRun")).toBe(verdict);
    expect(result.after).toBeNull();
  });

  it("does not take an unknown permission for a no", async () => {
    const outage = () => Promise.reject(new AppError("ServiceUnavailable", "away"));

    expect(verdictOf(await run(DETACH, () => ({ access: { can: outage } })), "Permission")).toBe(
      "unknown",
    );
    expect(
      verdictOf(await run(DETACH, () => ({ access: { can: async () => false } })), "Permission"),
    ).toBe("block");
  });

  it("does not know a service that does not exist", async () => {
    const { host } = await aRouteWorld();
    const response = await ask(host, preflight, {
      method: "POST",
      body: { ...DETACH, name: "nobody" },
    });

    expect(response.status).toBe(404);
  });
});

describe("POST preflight/bulk", () => {
  const askBulk = async (services: readonly object[], claimName = "models-nvme-a") =>
    ask((await aRouteWorld()).host, preflightBulk, {
      method: "POST",
      body: { claimName, services },
    });

  it("answers for each service in the order asked, and for all together", async () => {
    const llama = { namespace: "ml", name: "llama" };
    const response = await askBulk([{ namespace: "ml", name: "nobody" }, llama]);
    const answer = bulkPreflightSchema.parse(await response.json());

    expect(answer.items.map(({ name, preflight: one }) => [name, one?.verdict ?? null])).toEqual([
      ["nobody", null],
      ["llama", "pass"],
    ]);
    expect(answer.combined.map(({ code }) => code)).toEqual([
      "AccessMode",
      "Space",
      "SharedUse",
      "Quota",
    ]);
    expect(answer.verdict).toBe("block");
  });

  it.each([
    ["two namespaces", ["ml", "llama"], ["other", "llama"]],
    ["one service twice", ["ml", "llama"], ["ml", "llama"]],
  ])("refuses %s", async (_name, ...keys) => {
    const response = await askBulk(keys.map(([namespace, name]) => ({ namespace, name })));

    expect(response.status).toBe(422);
  });
});
