import { describe, expect, it } from "vitest";

import { ALL_IMPROVEMENTS } from "@/server/domain/improvements";
import type { ModelStatus } from "@/server/domain/model/verdict";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { AppError, type ErrorReason } from "@/server/errors";
import { aModel } from "@/server/testing/builders";
import { OwnWrites } from "../inference-service/own-writes";
import type { ModelDeps } from "./model-pass";
import { prefetch } from "./prefetch";

const MODEL = { ...aModel(), spec: { source: "https://host/x.gguf", prefetch: true }, status: {} };

/** An API server that makes every claim and refuses every Job. */
function refusing(reason: ErrorReason) {
  const statuses: ModelStatus[] = [];
  const clock = { now: () => new Date("2026-03-01T12:00:00Z") };
  const deps = {
    own: new OwnWrites({ get: () => null }, clock),
    store: {
      get: () => Promise.resolve(null),
      create: (plural: string, object: object) =>
        plural === "jobs" ? Promise.reject(new AppError(reason, "no")) : Promise.resolve(object),
      replaceStatus: (_plural: string, object: { readonly status: ModelStatus }) => {
        statuses.push(object.status);
        return Promise.resolve(object);
      },
    },
    index: { invisible: () => new Set(), list: () => [] },
    clock,
    settings: DEFAULT_OPERATOR_SETTINGS,
    improvements: ALL_IMPROVEMENTS,
  };
  // Only what a prefetch uses of them.
  return { statuses, deps: deps as unknown as ModelDeps };
}

describe("prefetch", () => {
  it("says what is invalid, and leaves it to a change", async () => {
    const { statuses, deps } = refusing("Invalid");
    expect(await prefetch(deps, MODEL)).toEqual({});
    expect(statuses).toMatchObject([
      {
        phase: "Failed",
        conditions: [
          {
            type: "Progressing",
            status: "False",
            reason: "PrefetchInvalid",
            message: 'Job "llama-3-8b-prefetch" could not be created: no',
          },
        ],
      },
    ]);
  });

  it("says what is forbidden, and tries again", async () => {
    const { statuses, deps } = refusing("Forbidden");
    await expect(prefetch(deps, MODEL)).rejects.toMatchObject({ reason: "Forbidden" });
    expect(statuses).toHaveLength(1);
  });

  it("waits for a Job that is there already", async () => {
    const { statuses, deps } = refusing("AlreadyExists");
    expect(await prefetch(deps, MODEL)).toEqual({ requeueAfterMs: 5_000 });
    expect(statuses).toEqual([]);
  });

  it("leaves an outage to the queue", async () => {
    const { statuses, deps } = refusing("ServiceUnavailable");
    await expect(prefetch(deps, MODEL)).rejects.toMatchObject({ reason: "ServiceUnavailable" });
    expect(statuses).toEqual([]);
  });
});
