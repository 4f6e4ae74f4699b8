import type { Pod } from "./objects";

/** Volumes of local-path-provisioner are named after the claim's uid, and its helper pods after the volume. */
const HELPER = /^helper-pod-(create|delete)-pvc-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/u;

/** Whether a pod of this name makes or removes the directory of a local-path volume. */
export function isHelperPodName(name: string): boolean {
  return HELPER.test(name);
}

/** The uid of the claim for which the pod makes a directory; null for every other pod. */
export function claimUidOfHelper({ metadata }: Pod): string | null {
  const [, verb, uid = null] = HELPER.exec(metadata.name) ?? [];
  return verb === "create" ? uid : null;
}
