import { startBuiltinOperator } from "../../server/bootstrap/builtin-operator";
import { openConnection, type Connection } from "../../server/bootstrap/connection";
import { createLogger } from "../../server/bootstrap/logger";
import { createObjectIndex, type ObjectIndex } from "../../server/cluster/object-index";
import { parseConfig, type Config } from "../../server/config";
import { replicaReader } from "../../server/kube/replica-reader";
import { systemClock } from "../../server/ports";
import { localFileReader } from "../../server/sources/local-file-reader";
import { countRequests, type RequestCounter } from "./request-counter";
import type { OperatorReport } from "./operator-report";

const log = createLogger("warn");

/**
 * The built-in operator as the server runs it, alone in this process, so that what it costs can be told. Says `ready`
 * to its parent, then answers each message with an {@link OperatorReport}.
 */
async function main(kubeconfig: string): Promise<void> {
  const requests = countRequests();
  const failed = { passes: 0 };
  const config = configFor(kubeconfig);
  const connection = openConnection(config, {
    clock: systemClock,
    localUser: "bench",
    userAgent: "mooring-bench",
  });
  const { operatorSettings: settings } = config;
  const index = createObjectIndex({ settings });
  answerReports(requests, failed);
  await untilRead(connection, index);
  startBuiltinOperator({
    index,
    owned: connection.watchOwned((error, plural) => log.warn({ error, plural }, "a watch failed")),
    store: connection.objects,
    replicas: replicaReader,
    files: localFileReader,
    clock: systemClock,
    settings,
    improvements: config.operatorImprovements,
    onError: () => (error, key) => {
      failed.passes += 1;
      log.warn({ error, key }, "a reconcile failed");
    },
  });
  process.send?.("ready");
}

function configFor(kubeconfig: string): Config {
  const env = {
    MOORING_CLUSTER: "kubeconfig",
    MOORING_KUBECONFIG: kubeconfig,
    MOORING_OPERATOR: "builtin",
  };
  return parseConfig({ env, serviceAccount: false });
}

/** Begins the watches; resolves when the index holds the whole cluster. */
function untilRead(connection: Connection, index: ObjectIndex): Promise<void> {
  return new Promise((resolve) => {
    const watches = connection.watch({
      index,
      onStateChange: () => {
        if (watches.synced()) resolve(); // never before the first answer, so `watches` is there
      },
      onError: (error, plural) => log.warn({ error, plural }, "a watch failed"),
    });
  });
}

function answerReports(requests: RequestCounter, failed: { readonly passes: number }): void {
  const started = process.cpuUsage();
  process.on("message", () => {
    const { user, system } = process.cpuUsage(started);
    const report: OperatorReport = {
      cpuMs: (user + system) / 1_000,
      rssBytes: process.memoryUsage.rss(),
      peakRssBytes: process.resourceUsage().maxRSS * 1_024,
      requests: requests.counts(),
      lastWriteAtMs: requests.lastWriteAtMs(),
      failedPasses: failed.passes,
    };
    process.send?.(report);
  });
}

// An orderly end, so that a profile of the run is written.
for (const end of ["SIGTERM", "disconnect"]) process.once(end, () => process.exit(0));
await main(process.argv[2] ?? "");
