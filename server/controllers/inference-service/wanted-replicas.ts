import type { InferenceService } from "@/server/domain/objects";
import type { PassDeps } from "./service-pass";

export type WantedReplicas = {
  /** What the Deployment is to have. An autoscaler's count is left alone. */
  readonly deployment: number;
  /** What the status counts as wanted; LLMKube counts by the spec even where an autoscaler decides. */
  readonly status: number;
};

/** Pods wanted now: none while suspended. */
export function wantedReplicas(
  { own, improvements }: Pick<PassDeps, "own" | "improvements">,
  { metadata, spec }: InferenceService,
): WantedReplicas {
  const { suspend, autoscaling, replicas = 1 } = spec;
  if (suspend === true) return { deployment: 0, status: 0 };
  if (autoscaling === undefined) return { deployment: replicas, status: replicas };
  const observed = own.get("deployments", `${metadata.namespace}/${metadata.name}`);
  const scaled = observed?.spec?.replicas ?? 0;
  // A service that was suspended is at zero, from where no autoscaler brings it back.
  const deployment = scaled > 0 ? scaled : replicas;
  return { deployment, status: improvements.has("ObservedState") ? deployment : replicas };
}
