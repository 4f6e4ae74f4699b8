import { randomBytes } from "node:crypto";
import { type Logger, pino } from "pino";

import { beginClusterLife, type ClusterLife } from "@/server/bootstrap/cluster-life";
import { openConnection } from "@/server/bootstrap/connection";
import { createLiveHub } from "@/server/bootstrap/live-hub";
import { parseConfig } from "@/server/config";
import { createTestDatabase } from "@/server/db/test-database";
import { systemClock } from "@/server/ports";
import { recordWrites, type SentWrite } from "./recorded-writes";

export type LogLine = {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
};

/** Mooring as it runs on one cluster, without its pages, with all that it sends and logs. */
export type MooringUnderTest = {
  readonly life: ClusterLife;
  /** In the order in which they were sent, refused ones too. */
  readonly writes: readonly SentWrite[];
  readonly lines: readonly LogLine[];
  stop(): Promise<void>;
};

/** Starts with the configuration's variables `env`; ready when the cluster is being read. */
export async function startMooringUnderTest(
  kubeconfig: string,
  env: Readonly<Record<string, string>>,
): Promise<MooringUnderTest> {
  const userAgent = `mooring-under-test/${randomBytes(4).toString("hex")}`;
  const recorded = recordWrites(userAgent);
  const config = parseConfig({
    env: { MOORING_CLUSTER: "kubeconfig", MOORING_KUBECONFIG: kubeconfig, ...env },
    serviceAccount: false,
  });
  const { lines, log } = recordingLogger();
  const storage = await createTestDatabase();
  const connection = openConnection(config, { clock: systemClock, localUser: "ada", userAgent });
  const life = await beginClusterLife({
    connection,
    config,
    database: storage.database,
    log,
    live: createLiveHub(),
    clock: systemClock,
    onWatchChange: () => undefined,
    onRecording: () => undefined,
    onMessages: () => undefined,
  });
  return {
    life,
    writes: recorded.writes,
    lines,
    stop: async () => {
      await life.stop();
      recorded.stop();
      await storage.dispose();
    },
  };
}

function recordingLogger(): { readonly lines: readonly LogLine[]; readonly log: Logger } {
  const lines: LogLine[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line) as LogLine);
  };
  return { lines, log: pino({ base: null }, { write }) };
}
