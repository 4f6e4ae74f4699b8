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
  readonly kinds: readonly (WatchedKind & { readonly connected: boolean })[];
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
    ...freshnessOf(kinds),
    operator: {
      mode: operator.mode,
      found: operator.found,
      settings: showOperatorSettings(operator.settings, operator.given, operator.source),
    },
    kinds: kinds.map(({ connected: _connected, ...kind }) => kind),
  };
}

/**
 * Whether every kind we may see is being watched right now, and when the cluster last told us anything. A kind that may
 * not be listed does not count: it is shown as not visible. Pure.
 */
export function freshnessOf(kinds: ClusterState["kinds"]): {
  connected: boolean;
  observedAt: string | null;
} {
  const visible = kinds.filter((kind) => kind.visible !== false);
  const times = visible.flatMap(({ lastEventAt }) => lastEventAt ?? []).sort();
  return {
    connected: visible.length > 0 && visible.every((kind) => kind.synced && kind.connected),
    observedAt: times.at(-1) ?? null,
  };
}
