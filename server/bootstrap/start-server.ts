import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

import { isServerRegistered, registerServer } from "@/server/bootstrap";
import { type Config, ConfigError, parseConfig } from "@/server/config";
import { openDatabase } from "@/server/db/open-database";
import manifest from "@/package.json";
import { createLogger } from "./logger";
import { guardLoopback } from "./loopback-guard";
import { MooringServer } from "./mooring-server";

const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Starts the one server of this process; again is a no-op. Resolves when requests can be answered, be it by saying that
 * the cluster is not there yet. A wrong configuration or a database that cannot be opened ends the process, with the
 * reason as the last words.
 */
export async function startServer(env: NodeJS.ProcessEnv): Promise<void> {
  if (isServerRegistered()) return;
  const config = readConfigOrExit(env);
  const log = createLogger("info");
  guardLoopback((address) =>
    log.error(
      { address },
      "a connection from outside this machine was refused: MOORING_AUTH=local serves loopback only",
    ),
  );
  const database = await openDatabase({
    url: config.databaseUrl,
    migrationsDirectory: join(process.cwd(), "prisma", "migrations"),
  }).catch((error: unknown) => exitWith(`The database cannot be opened: ${messageOf(error)}`));
  if (database.applied.length > 0)
    log.info({ applied: database.applied }, "the database was migrated");
  const server = new MooringServer({
    config,
    database,
    log,
    localUser: localUserName(),
    version: manifest.version,
  });
  registerServer(server);
  server.start();
  stopOnSignals(server, (error) => log.error({ error }, "the shutdown was not clean"));
}

function readConfigOrExit(env: NodeJS.ProcessEnv): Config {
  try {
    return parseConfig({ env, serviceAccount: existsSync(SERVICE_ACCOUNT_TOKEN) });
  } catch (error) {
    if (error instanceof ConfigError) return exitWith(error.message);
    throw error;
  }
}

function exitWith(reason: string): never {
  process.stderr.write(`Mooring cannot start. ${reason}\n`);
  process.exit(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Next ends the process once its listener is closed, which our streams would keep open. */
function stopOnSignals(server: MooringServer, onError: (error: unknown) => void): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void server.stop().catch(onError));
}

function localUserName(): string {
  try {
    return userInfo().username;
  } catch {
    return "local"; // a uid without a name, as in many containers
  }
}
