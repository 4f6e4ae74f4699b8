import { describe, expect, it } from "vitest";

import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { RECONCILE_REQUESTED_AT } from "@/server/domain/reconcile-request";
import { AppError } from "@/server/errors";
import type { NewTimelineItem, ReconcileRequester } from "@/server/ports";
import type { ServiceContext } from "@/server/services/context";
import { anInferenceService } from "@/server/testing/builders";
import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import { inferenceServiceReconcileRequests } from "./inference-services";

type Wish = Parameters<ReconcileRequester["request"]>[0];
const NOW = "2026-03-01T12:00:00.000Z";
const failed = (annotations: Record<string, string> = {}) =>
  anInferenceService({
    metadata: { annotations, resourceVersion: "7" },
    status: {
      phase: "Failed",
      conditions: [
        {
          type: "Degraded",
          status: "True",
          reason: "Failed",
          message: 'model cache PVC "models-nvme-a" not found in namespace "ml"',
          lastTransitionTime: "2026-03-01T11:30:00Z",
        },
      ],
    },
  });

/** A service as the API server has it, whose annotation the route may write. */
async function aNudgeWorld(overrides: Partial<ServiceContext> = {}, service = failed()) {
  const wishes: Wish[] = [];
  const items: NewTimelineItem[] = [];
  const world = await aRouteWorld({
    operator: () => ({ settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: false }),
    claimField: {
      read: async () => service,
      apply: () => Promise.reject(new Error("nothing is applied")),
    },
    reconcileRequests: { request: async (wish) => void wishes.push(wish) },
    timeline: {
      append: async (added) => void items.push(...added),
      list: async () => ({ items: [], continue: null }),
      objects: async () => [],
    },
    ...overrides,
  });
  const post = (name = "llama") =>
    ask(world.host, inferenceServiceReconcileRequests, {
      method: "POST",
      params: { namespace: "ml", name },
    });
  return { post, wishes, items };
}

describe("POST reconcile-requests", () => {
  it("asks LLMKube once, and says on the timeline who wanted it", async () => {
    const { post, wishes, items } = await aNudgeWorld();
    const response = await post();

    expect(response.status).toBe(202);
    const key = { namespace: "ml", name: "llama" };
    expect(await response.json()).toEqual({
      ...key,
      claimName: "models-nvme-a",
      requestedAt: NOW,
    });
    const { uid } = failed().metadata;
    expect(wishes).toMatchObject([{ key, uid, resourceVersion: "7", requestedAt: NOW }]);
    expect(items).toMatchObject([
      { service: key, at: NOW, reason: "ReconcileRequested", actor: "ada" },
    ]);
  });

  it.each([
    ["the service is healthy", anInferenceService(), /not failed for a missing claim/u],
    [
      "it was asked for this claim already",
      failed({ [RECONCILE_REQUESTED_AT]: NOW }),
      /asked already, at 2026-03-01T12:00:00.000Z/u,
    ],
  ])("is 409 and writes nothing when %s", async (_case, service, detail) => {
    const { post, wishes, items } = await aNudgeWorld({}, service);
    const response = await post();

    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: "Conflict",
      detail: expect.stringMatching(detail) as string,
    });
    expect([wishes, items]).toEqual([[], []]);
  });

  it("is 409 where Mooring is the operator itself", async () => {
    const operator = () => ({ settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: true });
    const { post, wishes } = await aNudgeWorld({ operator });

    expect((await post()).status).toBe(409);
    expect(wishes).toEqual([]);
  });

  it.each([
    ["refused", false, 403],
    ["not told", null, 503],
  ])("is %s where the actor's right to patch the service is", async (_case, allowed, status) => {
    const asked: unknown[] = [];
    const can = async (_actor: unknown, action: unknown) => {
      asked.push(action);
      return allowed;
    };
    const { post, wishes } = await aNudgeWorld({ access: { can } });

    expect((await post()).status).toBe(status);
    expect(asked).toEqual([
      {
        verb: "patch",
        group: "inference.llmkube.dev",
        resource: "inferenceservices",
        namespace: "ml",
        name: "llama",
      },
    ]);
    expect(wishes).toEqual([]);
  });

  it("looks again when the service changed meanwhile, and gives up in the end", async () => {
    let conflicts = 1;
    let tries = 0;
    const request = async () => {
      tries += 1;
      if (tries <= conflicts) throw new AppError("Conflict", "the object has been modified");
    };
    const { post } = await aNudgeWorld({ reconcileRequests: { request } });

    expect((await post()).status).toBe(202);
    conflicts = Infinity;
    expect((await post()).status).toBe(409);
    expect(tries).toBe(2 + 5);
  });

  it("is 404 for a service that is not there", async () => {
    const { post } = await aNudgeWorld();

    expect((await post("nobody")).status).toBe(404);
  });
});
