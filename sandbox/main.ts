import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { buildKubeconfig } from "./api/kubeconfig";
import { loadDefinitions } from "./api/load-definitions";
import { startSandboxApi, type RunningApi } from "./api/start-sandbox-api";
import { StateFile } from "./api/state-file";
import { loadDemo } from "./demo/load-demo";
import { loadEmpty } from "./demo/load-empty";
import { startWorld } from "./world/start-world";

interface Settings {
  port: number;
  speed: number;
  scale: string | undefined;
  empty: boolean;
  withParent: boolean;
  kubeconfig: string;
  /** Where the objects are kept over a restart; undefined: nowhere. */
  statePath: string | undefined;
}

function positive(name: string, text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${name} is ${text ?? ""}: a number is needed`);
}

/** Beside the kubeconfig, which is in the data directory. */
function statePath(state: string | undefined, kubeconfig: string | undefined): string | undefined {
  if (state === undefined || state === "" || state === "fresh") return undefined;
  if (state !== "keep") throw new Error(`SANDBOX_STATE is ${state}: it may be fresh or keep`);
  if (kubeconfig === undefined) throw new Error("SANDBOX_STATE=keep needs --kubeconfig");
  return join(dirname(kubeconfig), "sandbox-state.jsonl");
}

function readSettings(args: string[], environment: NodeJS.ProcessEnv): Settings {
  const { values } = parseArgs({
    args,
    options: {
      empty: { type: "boolean", default: false },
      "with-parent": { type: "boolean", default: false },
      kubeconfig: { type: "string" },
    },
  });
  const scale = environment["SANDBOX_SCALE"];
  return {
    port: positive("SANDBOX_PORT", environment["SANDBOX_PORT"], 0),
    speed: positive("SANDBOX_SPEED", environment["SANDBOX_SPEED"], 1) || 1,
    scale: scale === "" || scale === "demo" ? undefined : scale,
    empty: values.empty,
    withParent: values["with-parent"],
    kubeconfig:
      values.kubeconfig ?? join(mkdtempSync(join(tmpdir(), "mooring-sandbox-")), "kubeconfig"),
    statePath: statePath(environment["SANDBOX_STATE"], values.kubeconfig),
  };
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The file holds a token: only its owner may read it, also when it was there before. */
function writeKubeconfig(path: string, running: RunningApi): void {
  writeFileSync(path, buildKubeconfig(running), { mode: 0o600 });
  chmodSync(path, 0o600);
}

function fill({ client }: RunningApi, { empty, scale }: Settings): void {
  if (empty) loadEmpty(client);
  else loadDemo(client, scale === undefined ? {} : { scale });
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env);
  const stateFile =
    settings.statePath === undefined ? undefined : new StateFile(settings.statePath);
  const isNew = stateFile?.state === undefined;
  const running = await startSandboxApi({ port: settings.port, log, stateFile });
  loadDefinitions(running.client);
  if (isNew) fill(running, settings);
  stateFile?.begin(); // only now: a start that ends half-way leaves what was there
  const world = startWorld(running.client, { speed: settings.speed, log });
  writeKubeconfig(settings.kubeconfig, running);

  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    world.stop();
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`the sandbox did not end cleanly: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  if (settings.withParent) {
    process.stdin.on("end", end);
    process.stdin.on("close", end);
    process.stdin.resume();
  }
  const { url, adminUrl } = running;
  const ready = { ready: true, server: url, admin: adminUrl, kubeconfig: settings.kubeconfig };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
