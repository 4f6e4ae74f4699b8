import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AttachmentState } from "@/server/contract/attachment";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { AppError } from "@/server/errors";
import type { InferenceService } from "@/server/domain/objects";
import { RECONCILE_REQUESTED_AT } from "@/server/domain/reconcile-request";
import { createReconcileRequester } from "@/server/kube/reconcile-requester";
import type { ObjectStore } from "@/server/ports";
import type { Controller } from "@/server/runtime/controller";
import { aClaim, anAttachment, anInferenceService } from "@/server/testing/builders";
import { createFakeClock } from "@/server/testing/fake-clock";
import { createFakeTimers, type FakeTimers } from "@/server/testing/fake-timers";
import { createHealController } from "./heal-controller";

const NOW = "2026-03-01T12:00:00.000Z";

let index: ObjectIndex;
let timers: FakeTimers;
let controller: Controller;
let patches: unknown[];
let answer: () => Promise<InferenceService>;

beforeEach(() => {
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  timers = createFakeTimers();
  patches = [];
  answer = async () => failed();
  controller = aController();
});
afterEach(() => controller.stop());

function aController(): Controller {
  const mergePatch = (...call: unknown[]) => {
    patches.push(call);
    return answer();
  };
  return createHealController({
    index,
    // It patches services only.
    requests: createReconcileRequester({
      mergePatch: mergePatch as unknown as ObjectStore["mergePatch"],
    }),
    clock: createFakeClock(NOW),
    timers,
    onError: () => undefined,
  });
}

const failed = (annotations?: Record<string, string>) =>
  anInferenceService({
    metadata: annotations === undefined ? {} : { annotations, resourceVersion: "9" },
    status: {
      phase: "Failed",
      conditions: [
        {
          type: "Degraded",
          status: "True",
          reason: "Failed",
          message:
            'Failed to ensure model cache PVC: model cache PVC "models-nvme-a" (spec.modelCache.claimName) not found in namespace "ml"',
          lastTransitionTime: NOW,
        },
      ],
    },
  });

const put = (service: InferenceService) => index.upsert("inferenceservices", [service], NOW);
const claimAppears = (uid = "claim-1", creationTimestamp = "2026-03-01T11:59:59Z") =>
  index.upsert("persistentvolumeclaims", [aClaim({ metadata: { uid, creationTimestamp } })], NOW);
const attach = (state: AttachmentState, over = {}) =>
  index.setAttachment(anAttachment({ state, ...over }));

describe("heal", () => {
  it("touches the service once when the claim it failed for appears", async () => {
    put(failed());
    attach("Applied");
    controller.start();
    await controller.idle();
    expect(patches).toEqual([]);

    claimAppears();
    await controller.idle();
    const { uid } = failed().metadata;
    expect(patches).toEqual([
      [
        "inferenceservices",
        { namespace: "ml", name: "llama" },
        { metadata: { uid, annotations: { [RECONCILE_REQUESTED_AT]: NOW } } },
        { fieldManager: "mooring" },
      ],
    ]);

    controller.enqueue("ml/llama");
    await controller.idle();
    expect(patches).toHaveLength(1);
  });

  it("does not touch it again after a restart: the annotation is younger than the claim", async () => {
    put(failed({ [RECONCILE_REQUESTED_AT]: NOW }));
    attach("Effective");
    claimAppears();
    controller.start();
    await controller.idle();
    expect(patches).toEqual([]);
  });

  it("touches it again for a claim that was made anew", async () => {
    put(failed());
    attach("Effective");
    claimAppears();
    controller.start();
    await controller.idle();
    put(failed({ [RECONCILE_REQUESTED_AT]: NOW }));
    index.remove("persistentvolumeclaims", ["ml/models-nvme-a"], NOW);
    claimAppears("claim-2", "2026-03-01T12:00:30Z");
    await controller.idle();
    expect(patches).toHaveLength(2);
    expect(JSON.stringify(patches[1])).toContain("2026-03-01T12:00:30.000Z");
  });

  it.each<[string, () => void]>([
    ["was not attached through Mooring", () => undefined],
    ["was attached with another claim", () => attach("Effective", { claimName: "other" })],
    ["is a later one of the same name", () => attach("Effective", { serviceUid: "earlier" })],
    ["was attached without success", () => attach("Conflict")],
  ])("leaves a service alone that %s", async (_case, arrange) => {
    put(failed());
    arrange();
    claimAppears();
    controller.start();
    await controller.idle();
    expect(patches).toEqual([]);
  });

  it("leaves a service alone that failed for another cause, or did not fail", async () => {
    attach("Effective");
    claimAppears();
    controller.start();
    put(anInferenceService({ status: { phase: "Failed" } }));
    await controller.idle();
    put(anInferenceService({ metadata: { resourceVersion: "2" } }));
    await controller.idle();
    expect(patches).toEqual([]);
  });

  it("tries again when the API server cannot be had", async () => {
    put(failed());
    attach("Applied");
    claimAppears();
    const working = answer;
    answer = () => Promise.reject(new AppError("ServiceUnavailable", "down"));
    controller.start();
    await controller.idle();
    answer = working;
    await timers.advance(60_000);
    await controller.idle();
    expect(patches).toHaveLength(2);
    await timers.advance(600_000);
    await controller.idle();
    expect(patches).toHaveLength(2);
  });
});
