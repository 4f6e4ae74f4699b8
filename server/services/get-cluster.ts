import type { Cluster, WatchedKind } from "@/server/contract/cluster";
import { showOperatorSettings } from "@/server/domain/operator-flags";
import type { ChosenOperator } from "@/server/domain/operator-choice";
import type { ServiceContext } from "./context";

/** What is known about the cluster at this moment. */
export type ClusterState = {
  readonly id: string | null;
  readonly version: string | null;
  readonly mode: Cluster["mode"];
  readonly server: string;
  readonly context: string | null;
  /** false: at least one watch of a visible kind is broken, or there is none. */
  readonly connected: boolean;
  readonly observedAt: string | null;
  readonly kinds: readonly WatchedKind[];
  readonly operator: ChosenOperator;
  readonly history: Cluster["history"];
  readonly notifications: Cluster["notifications"];
  readonly configuration: Cluster["configuration"];
  readonly mooringVersion: string;
};

/** The cluster, what of it is visible, and how fresh that is. Works before and without a connection. */
export function getCluster(ctx: Pick<ServiceContext, "clusterState">): Cluster {
  return toCluster(ctx.clusterState());
}

/** Pure. */
export function toCluster(state: ClusterState): Cluster {
  const { operator, kinds, ...plain } = state;
  return {
    ...plain,
    operator: toOperator(operator),
    kinds: [...kinds],
  };
}

function toOperator(chosen: ChosenOperator): Cluster["operator"] {
  const { mode, wanted, refused, search } = chosen;
  const [found = null, ...alsoFound] = chosen.found.map(({ namespace, name, image }) => ({
    namespace,
    name,
    image,
  }));
  return {
    mode,
    wanted,
    refused,
    search,
    found,
    alsoFound,
    settings: showOperatorSettings(chosen.settings, chosen.given, chosen.source),
  };
}
