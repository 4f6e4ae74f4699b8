import type { Deployment } from "./objects";

/** Whether the Deployment controller has seen the newest template and replaced every pod of an older one. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, updatedReplicas = 0, replicas = 0 } = status;
  const current = observedGeneration >= (metadata.generation ?? 0);
  return current && updatedReplicas >= (spec?.replicas ?? 1) && replicas <= updatedReplicas;
}
