import type { InferenceService } from "../objects";

/** Place of the service among all that wait for a GPU, oldest first, counted from 1; the service itself counts as waiting. */
export function gpuQueuePosition(
  service: InferenceService,
  all: readonly InferenceService[],
): number {
  const before = all.filter(
    (other) =>
      other.metadata.uid !== service.metadata.uid &&
      other.status?.phase === "WaitingForGPU" &&
      isAheadInGpuQueue(other, service),
  );
  return before.length + 1;
}

/** Whether `a` is served before `b` where both wait. */
export function isAheadInGpuQueue(a: InferenceService, b: InferenceService): boolean {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return left === right ? a.metadata.uid < b.metadata.uid : left < right;
}
