import type { Logger } from "pino";

import type { ChangedKeys } from "@/server/cluster/object-index";
import { AppError, hasReason } from "@/server/errors";
import { backoffDelayMs } from "@/server/runtime/backoff";
import { sleep, systemTimers } from "@/server/runtime/timers";
import type { ClusterLife } from "./cluster-life";
import { type Connection, isOtherCluster } from "./connection";

const BACKOFF = { baseMs: 500, maxMs: 10_000 };
/** How often we ask, while watches fail, whether the address now leads to another cluster. */
const PROBE_MS = 2_000;

export type SupervisorOptions = {
  /** Reads credentials anew. */
  readonly connect: () => Connection;
  readonly begin: (connection: Connection) => Promise<ClusterLife>;
  /** A life ended or began, or an attempt failed. */
  readonly onChange: () => void;
  readonly log: Logger;
};

/** The life of whichever cluster is at the configured address. */
export interface ClusterSupervisor {
  life(): ClusterLife | null;
  /** Why there is no life; null while there is one or the first attempt runs. */
  problem(): string | null;
  /** Address of the API server as last configured; "" before. */
  server(): string;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Connects for ever with backoff. A cluster whose `kube-system` namespace gets another uid is another cluster (a sandbox
 * that was started again, a rebuilt test cluster): its life ends and a new one begins, so nothing is ever mixed.
 */
export function createClusterSupervisor(options: SupervisorOptions): ClusterSupervisor {
  return new Supervisor(options);
}

class Supervisor implements ClusterSupervisor {
  readonly #options: SupervisorOptions;
  readonly #stop = new AbortController();
  #life: ClusterLife | null = null;
  #problem: string | null = null;
  #server = "";
  #wasAway = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  life(): ClusterLife | null {
    return this.#life;
  }

  problem(): string | null {
    return this.#problem;
  }

  server(): string {
    return this.#server;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const life = await this.#begin();
      failures = life ? 0 : failures + 1;
      if (life) await this.#live(life);
      else await this.#sleep(backoffDelayMs(failures - 1, BACKOFF, Math.random));
    }
  }

  async #begin(): Promise<ClusterLife | null> {
    let connection: Connection | null = null;
    try {
      connection = this.#options.connect();
      this.#server = connection.server;
      const life = await this.#options.begin(connection);
      this.#problem = null;
      return life;
    } catch (error) {
      this.#problem = error instanceof AppError ? error.message : "an unexpected failure";
      this.#options.log.warn({ error, server: this.#server }, "the cluster cannot be reached yet");
      await connection?.close();
      return null;
    } finally {
      this.#options.onChange();
    }
  }

  async #live(life: ClusterLife): Promise<void> {
    this.#life = life;
    this.#options.log.info(
      { clusterId: life.clusterId, server: this.#server },
      "connected to the cluster",
    );
    this.#options.onChange();
    await this.#untilOver(life);
    this.#life = null;
    try {
      await life.stop();
    } catch (error) {
      this.#options.log.error(
        { error, clusterId: life.clusterId },
        "a cluster's life did not end cleanly",
      );
    }
    this.#options.onChange();
  }

  /** Resolves when the cluster is another one, or when we are to stop. */
  async #untilOver(life: ClusterLife): Promise<void> {
    const over = new AbortController();
    const unsubscribe = life.index.subscribe((changed) => {
      if (tellsOfAnother(life.clusterId, changed)) over.abort();
    });
    const ended = AbortSignal.any([over.signal, this.#stop.signal]);
    while (!ended.aborted) {
      await sleep(systemTimers, PROBE_MS, ended);
      if (await this.#isReplaced(life, ended)) over.abort();
    }
    unsubscribe();
    if (over.signal.aborted)
      this.#options.log.warn(
        { clusterId: life.clusterId },
        "the cluster was replaced by another one",
      );
  }

  /** Asked only while watches fail, with credentials read anew; wakes the watches when the cluster is back. */
  async #isReplaced(life: ClusterLife, ended: AbortSignal): Promise<boolean> {
    if (ended.aborted || life.watches.connected()) return false;
    let probe: Connection | null = null;
    try {
      probe = this.#options.connect();
      const { clusterId } = await probe.identify();
      // The watches may be in a long wait by now.
      if (this.#wasAway) life.watches.retryNow();
      this.#wasAway = false;
      return clusterId !== life.clusterId || (await isRefused(life.connection));
    } catch (error) {
      this.#wasAway = true;
      if (!(error instanceof AppError)) this.#options.log.error({ error }, "a probe failed");
      return false;
    } finally {
      await probe?.close();
    }
  }

  #sleep(ms: number): Promise<void> {
    return sleep(systemTimers, ms, this.#stop.signal);
  }
}

function tellsOfAnother(clusterId: string, { changes }: ChangedKeys): boolean {
  return changes.some(
    ({ plural, object, type }) =>
      plural === "namespaces" &&
      type !== "deleted" &&
      object.metadata.name === "kube-system" &&
      isOtherCluster(clusterId, object.metadata.uid),
  );
}

/** The credentials were replaced: new ones work, those of this life do not. */
async function isRefused(connection: Connection): Promise<boolean> {
  try {
    await connection.identify();
    return false;
  } catch (error) {
    return hasReason(error, "Unauthorized");
  }
}
