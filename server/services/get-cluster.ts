import type { Cluster, WatchedKind } from "@/server/contract/cluster";
import { showOperatorSettings } from "@/server/domain/operator-flags";
import type { OperatorSettings } from "@/server/domain/operator-settings";
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
  readonly operator: {
    readonly mode: "none" | "builtin";
    readonly found: Cluster["operator"]["found"];
    readonly settings: OperatorSettings;
    /** Flags that were set, without dashes, and by whom. */
    readonly given: ReadonlySet<string>;
    readonly source: "found" | "configured";
  };
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
    operator: {
      mode: operator.mode,
      found: operator.found,
      settings: showOperatorSettings(operator.settings, operator.given, operator.source),
    },
    kinds: [...kinds],
  };
}
