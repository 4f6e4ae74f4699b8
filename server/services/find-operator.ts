import type { Cluster } from "@/server/contract/cluster";
import { parseOperatorFlags, type ParsedOperatorFlags } from "@/server/domain/operator-flags";
import type { Deployment } from "@/server/domain/objects";
import { hasReason } from "@/server/errors";
import type { ObjectStore } from "@/server/ports";

/** As both LLMKube's Helm chart and its kustomize manifests label the manager. */
const OPERATOR_LABELS = "app.kubernetes.io/name=llmkube,control-plane=controller-manager";

export type OperatorInCluster = {
  readonly found: NonNullable<Cluster["operator"]["found"]>;
  readonly flags: ParsedOperatorFlags;
};

/**
 * The LLMKube operator of the cluster with the flags it was started with; null when there is none, or when Deployments
 * of all namespaces may not be listed. One that is scaled to nothing does no work and does not count.
 */
export async function findOperator(
  objects: Pick<ObjectStore, "list">,
): Promise<OperatorInCluster | null> {
  try {
    const deployments = await objects.list("deployments", { labelSelector: OPERATOR_LABELS });
    const running = deployments.find(({ spec }) => (spec?.replicas ?? 1) > 0);
    return running ? describe(running) : null;
  } catch (error) {
    if (hasReason(error, "Forbidden")) return null;
    throw error;
  }
}

function describe({ metadata, spec }: Deployment): OperatorInCluster {
  const containers = spec?.template.spec?.containers ?? [];
  const manager = containers.find(({ name }) => name === "manager") ?? containers[0];
  const words = [...(manager?.command ?? []).slice(1), ...(manager?.args ?? [])];
  return {
    found: { namespace: metadata.namespace, name: metadata.name, image: manager?.image ?? null },
    flags: parseOperatorFlags(words),
  };
}
