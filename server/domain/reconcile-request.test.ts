import { expect, it } from "vitest";

import { aClaim, anInferenceService } from "@/server/testing/builders";
import { planReconcileRequest, RECONCILE_REQUESTED_AT } from "./reconcile-request";

const MADE = "2026-03-01T11:59:59Z";
const now = new Date("2026-03-01T12:00:00Z");
const claim = aClaim({ metadata: { uid: "claim-1", creationTimestamp: MADE } });
const failed = (asked?: string) =>
  anInferenceService({
    metadata: asked === undefined ? {} : { annotations: { [RECONCILE_REQUESTED_AT]: asked } },
    status: {
      phase: "Failed",
      conditions: [
        {
          type: "Degraded",
          status: "True",
          reason: "Failed",
          message: 'model cache PVC "models-nvme-a" not found in namespace "ml"',
          lastTransitionTime: MADE,
        },
      ],
    },
  });

it("asks for a service that failed for a claim which exists by now", () => {
  expect(planReconcileRequest({ service: failed(), claim, now })).toEqual({
    kind: "ask",
    requestedAt: "2026-03-01T12:00:00.000Z",
    causeUid: "claim-1",
  });
});

it("never dates a request before the claim, whatever the clocks say", () => {
  const early = new Date("2026-03-01T11:00:00Z");

  expect(planReconcileRequest({ service: failed(), claim, now: early })).toMatchObject({
    requestedAt: "2026-03-01T11:59:59.000Z",
  });
});

it.each([
  ["there is no failure", anInferenceService(), claim, "healthy"],
  ["the claim is still missing", failed(), null, "missing"],
  ["it was asked since the claim was made", failed("2026-03-01T12:00:00Z"), claim, "asked"],
  ["it was asked for an earlier claim only", failed("2026-03-01T11:00:00Z"), claim, "ask"],
  ["the annotation is no time", failed("now"), claim, "ask"],
] as const)("tells when %s", (_case, service, its, kind) => {
  expect(planReconcileRequest({ service, claim: its, now }).kind).toBe(kind);
});
