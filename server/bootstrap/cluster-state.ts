import type { Config } from "@/server/config";
import { chooseOperator } from "@/server/domain/operator-choice";
import type { ClusterState } from "@/server/services/get-cluster";
import type { ClusterLife } from "./cluster-life";

type Known = {
  readonly config: Config;
  readonly life: Pick<
    ClusterLife,
    "clusterId" | "version" | "connection" | "chosenOperator" | "watches"
  > | null;
  readonly server: string;
  readonly mooringVersion: string;
};

/** What is known about the cluster, also while there is none: then nothing of it is made up. */
export function clusterStateOf({ config, life, server, mooringVersion }: Known): ClusterState {
  const always: Omit<ClusterState, keyof OfLife> = {
    mode: config.cluster.mode === "sandbox" ? "sandbox" : "cluster",
    server,
    configuration: [...config.shown],
    mooringVersion,
  };
  return life ? { ...always, ...stateOf(life) } : { ...always, ...stateWithout(config) };
}

type OfLife = Omit<ClusterState, "mode" | "server" | "configuration" | "mooringVersion">;

function stateOf(life: NonNullable<Known["life"]>): OfLife {
  const { clusterId, version, connection, watches } = life;
  return {
    id: clusterId,
    version,
    context: connection.context,
    connected: watches.connected(),
    observedAt: watches.observedAt(),
    kinds: watches.kinds(),
    operator: life.chosenOperator(),
  };
}

function stateWithout(config: Config): OfLife {
  return {
    id: null,
    version: null,
    context: config.cluster.context,
    connected: false,
    observedAt: null,
    kinds: [],
    operator: chooseOperator(config, null),
  };
}
