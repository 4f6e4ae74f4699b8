import { expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import { gpuQueuePosition } from "./gpu-queue";

const service = (name: string, created: string, phase: string) =>
  anInferenceService({
    metadata: { name, creationTimestamp: `2026-01-01T0${created}:00:00Z` },
    status: { phase },
  });

it("counts those that waited longer, in any namespace", () => {
  const mine = service("mine", "5", "Creating");
  const all = [
    mine,
    service("older", "1", "WaitingForGPU"),
    service("older-but-ready", "2", "Ready"),
    service("younger", "6", "WaitingForGPU"),
  ];
  expect(gpuQueuePosition(mine, all)).toBe(2);
  expect(gpuQueuePosition(mine, [])).toBe(1);
});
