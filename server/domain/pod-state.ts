import type { Pod, PodSpec } from "./objects";

export const CACHE_VOLUMES = ["model-cache", "draft-model-cache"] as const;
export const SOURCE_VOLUMES = ["model-source", "draft-model-source"] as const;

type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["initContainerStatuses"]>[number];
export type Terminated = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/** Whether the pod serves: Ready and not on its way out. */
export function isReady(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined && podCondition(pod, "Ready")?.status === "True"
  );
}

/** The pod's condition of that type; undefined when it has none. */
export function podCondition(pod: Pod, type: string) {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the scheduler has tried and found no node; its words are in the condition's message. */
export function isUnschedulable(pod: Pod): boolean {
  return (
    pod.spec?.nodeName === undefined &&
    pod.status?.phase === "Pending" &&
    podCondition(pod, "PodScheduled")?.status === "False"
  );
}

/** Every claim a pod spec names in a volume, in order. */
export function claimsOf(spec: PodSpec | undefined): string[] {
  return (spec?.volumes ?? []).flatMap((volume) =>
    volume.persistentVolumeClaim === undefined ? [] : [volume.persistentVolumeClaim.claimName],
  );
}

/** The claim behind the model cache volume; null when the spec has none. */
export function cacheClaimOf(spec: PodSpec | undefined): string | null {
  return claimOfVolumes(spec, CACHE_VOLUMES);
}

/** The claim that a `pvc://` Model is served from; null when the spec has none. */
export function sourceClaimOf(spec: PodSpec | undefined): string | null {
  return claimOfVolumes(spec, SOURCE_VOLUMES);
}

function claimOfVolumes(spec: PodSpec | undefined, names: readonly string[]): string | null {
  for (const name of names) {
    const volume = spec?.volumes?.find((candidate) => candidate.name === name);
    if (volume?.persistentVolumeClaim !== undefined) return volume.persistentVolumeClaim.claimName;
  }
  return null;
}

/** The non-zero end of an init container that has not succeeded since: of this run, else of the last. */
export function failureOf(status: ContainerStatus): Terminated | null {
  const now = status.state?.terminated;
  if (now !== undefined) return now.exitCode === 0 ? null : now;
  const before = status.lastState?.terminated;
  return before === undefined || before.exitCode === 0 ? null : before;
}

/** Init container statuses in order. */
export function initStatuses(pod: Pod): readonly ContainerStatus[] {
  return pod.status?.initContainerStatuses ?? [];
}
