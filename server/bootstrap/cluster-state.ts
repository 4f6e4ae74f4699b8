import type { Config } from "@/server/config";
import type { Recording } from "@/server/controllers/history/recorder";
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
  /** null: nothing was to be stored yet. */
  readonly recording: Recording | null;
  readonly notifications: ClusterState["notifications"];
};

/** What is known about the cluster, also while there is none: then nothing of it is made up. */
export function clusterStateOf(known: Known): ClusterState {
  const { config, life, server, mooringVersion } = known;
  const always: Omit<ClusterState, keyof OfLife> = {
    mode: config.cluster.mode === "sandbox" ? "sandbox" : "cluster",
    server,
    configuration: [...config.shown],
    mooringVersion,
    notifications: known.notifications,
    history: historyOf(life === null ? null : known.recording),
  };
  return life ? { ...always, ...stateOf(life) } : { ...always, ...stateWithout(config) };
}

type OfLife = Omit<
  ClusterState,
  "mode" | "server" | "configuration" | "mooringVersion" | "history" | "notifications"
>;

function historyOf(recording: Recording | null): ClusterState["history"] {
  if (recording?.ok === false) {
    const { since, problem } = recording;
    return { recording: false, notRecordingSince: since.toISOString(), problem };
  }
  return { recording: recording?.ok ?? null, notRecordingSince: null, problem: null };
}

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
