import type { Logger } from "pino";

import type { Config } from "@/server/config";
import type { Readiness } from "@/server/contract/cluster";
import type { Database } from "@/server/db/open-database";
import type { Recording } from "@/server/controllers/history/recorder";
import { AppError } from "@/server/errors";
import type { RequestRecord, RouteHost } from "@/server/http/define-route";
import { type Actor, type Clock, systemClock } from "@/server/ports";
import type { Controller } from "@/server/runtime/controller";
import type { ServiceContext } from "@/server/services/context";
import { type ClusterState, toCluster } from "@/server/services/get-cluster";
import { beginClusterLife } from "./cluster-life";
import { type ClusterSupervisor, createClusterSupervisor } from "./cluster-supervisor";
import { openConnection } from "./connection";
import { createForgetHistory } from "./forget-history";
import { createLiveHub, type LiveHub } from "./live-hub";
import { createMetrics, type Metrics } from "./metrics";
import { clusterStateOf } from "./cluster-state";
import { withoutCluster } from "./no-cluster";
import { createNotifications, type Notifications } from "./notifications";
import { readinessOf } from "./readiness";

/** How often the cluster's row says how fresh it is. */
const CLUSTER_ROW_MS = 5_000;
const BURST_MS = 1_000;

export type ServerOptions = {
  readonly config: Config;
  readonly database: Database;
  readonly log: Logger;
  /** The one user, who acts with our own credentials. */
  readonly localUser: string;
  readonly version: string;
};

/** Everything that runs, and what requests see of it. */
export class MooringServer implements RouteHost {
  readonly #options: ServerOptions;
  readonly #clock: Clock = systemClock;
  readonly #actor: Actor;
  readonly #live: LiveHub = createLiveHub();
  readonly #metrics: Metrics;
  readonly #supervisor: ClusterSupervisor;
  readonly #forgetHistory: Controller;
  readonly #notifications: Notifications;
  readonly #offline: ReturnType<typeof withoutCluster>;
  #onReady: (() => void)[] = [];
  #recording: Recording | null = null;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#actor = { name: options.localUser, groups: [] };
    this.#supervisor = createClusterSupervisor({
      connect: () => this.#connect(),
      begin: (connection) => this.#begin(connection),
      onChange: () => this.#publishCluster(),
      log: options.log,
    });
    this.#forgetHistory = createForgetHistory({
      ...options,
      clock: this.#clock,
      days: options.config.historyDays,
    });
    this.#notifications = createNotifications({
      ...options,
      clock: this.#clock,
      onChange: () => this.#publishCluster(),
    });
    this.#offline = withoutCluster({
      why: () => this.#supervisor.problem(),
      whenReady: () => new Promise((resolve) => this.#onReady.push(resolve)),
    });
    this.#metrics = createMetrics({
      kinds: () => this.#clusterState().kinds,
      connected: () => this.#clusterState().connected,
      attachmentStates: () => this.#attachmentStates(),
      streamClients: () => this.#live.hub.subscribers(),
      historyRecording: () => this.#clusterState().history.recording === true,
      notifications: () => this.#notifications.state(),
    });
  }

  /** Begins to connect, in the background and for ever. */
  start(): void {
    this.#publishCluster();
    this.#timer = setInterval(() => this.#publishCluster(), CLUSTER_ROW_MS);
    this.#supervisor.start();
    this.#forgetHistory.start();
    this.#notifications.start();
  }

  /** Ends streams, watches and controllers, each when what it is doing is done; then the database. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#live.hub.close();
    await Promise.all([
      this.#supervisor.stop(),
      this.#forgetHistory.stop(),
      this.#notifications.stop(),
    ]);
    await this.#options.database.close();
  }

  open(): Promise<ServiceContext> {
    const life = this.#supervisor.life();
    return Promise.resolve({
      actor: this.#actor,
      clock: this.#clock,
      hub: this.#live.hub,
      ...(life ? { ...life, ...life.connection } : this.#offline),
      operator: () => this.#operator(),
      freshness: () => {
        const { connected, observedAt } = this.#clusterState();
        return { observedAt, stale: !connected };
      },
      clusterState: () => this.#clusterState(),
      metrics: () => this.#metrics.read(),
      readiness: () => this.#readiness(),
    });
  }

  record(record: RequestRecord): void {
    this.#metrics.recordRequest(record);
    const { log } = this.#options;
    const { error, status } = record;
    if (error instanceof AppError && status >= 500)
      log.warn(record, "a request could not be answered");
    else if (error !== undefined && status >= 500) log.error(record, "a request failed");
    else if (record.audit !== null) log.info(record, "a change was asked for");
  }

  #connect() {
    const { config, localUser, version } = this.#options;
    return openConnection(config, {
      clock: this.#clock,
      localUser,
      userAgent: `mooring/${version}`,
    });
  }

  async #begin(connection: ReturnType<typeof openConnection>) {
    this.#recording = null;
    const { config, database, log } = this.#options;
    const life = await beginClusterLife({
      connection,
      config,
      database,
      log,
      live: this.#live,
      clock: this.#clock,
      onWatchChange: () => this.#onWatchChange(),
      onRecording: (recording) => this.#onRecording(recording),
      onMessages: () => this.#notifications.wake(),
    });
    void life.rows.whenReady().then(() => {
      for (const tell of this.#onReady.splice(0)) tell();
    });
    return life;
  }

  #operator() {
    const { mode, settings } = this.#clusterState().operator;
    return { settings, builtinOperator: mode === "builtin" };
  }

  #clusterState(): ClusterState {
    const { config, version } = this.#options;
    return clusterStateOf({
      config,
      life: this.#supervisor.life(),
      server: this.#supervisor.server(),
      mooringVersion: version,
      recording: this.#recording,
      notifications: this.#notifications.state(),
    });
  }

  #onRecording(recording: Recording): void {
    this.#recording = recording;
    if (!recording.ok) this.#options.log.warn(recording, "the history is not being recorded");
    this.#publishCluster();
  }

  /** What is watched changes in bursts; whether it is connected, and who does the operator's work, is told at once. */
  #onWatchChange(): void {
    const { connected, operator } = this.#clusterState();
    const told = this.#live.hub.get("cluster", "cluster");
    const isNews =
      connected !== told?.connected ||
      operator.mode !== told.operator.mode ||
      operator.refused?.message !== told.operator.refused?.message;
    if (isNews) this.#publishCluster();
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#publishCluster();
    }, BURST_MS);
  }

  #publishCluster(): void {
    const row = toCluster(this.#clusterState());
    this.#live.apply("cluster", { upserts: [{ key: "cluster", row }], removals: [], touched: [] });
  }

  #attachmentStates(): string[] {
    const index = this.#supervisor.life()?.index;
    return (index?.list("inferenceservices") ?? []).flatMap(
      ({ metadata }) => index?.attachmentOf(`${metadata.namespace}/${metadata.name}`)?.state ?? [],
    );
  }

  #readiness(): Promise<Readiness> {
    return readinessOf({
      life: this.#supervisor.life(),
      problem: this.#supervisor.problem(),
      database: this.#options.database,
      history: this.#clusterState().history,
    });
  }
}
