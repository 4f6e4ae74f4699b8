import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

import type { Container } from "@/server/domain/model-storage/model-storage";
import { diagnoseTransfer } from "@/server/domain/status/transfer";
import type { TransferReason } from "@/server/domain/transfer-signs";
import { aContainerStatus, aPod } from "../builders";
import { findProgram, SHELL } from "./programs";

/** Every program that the init containers' scripts may call; the `PATH` of a run holds these, curl and no other. */
const PROGRAMS =
  "awk basename cat chmod chown cp date dd dirname find kill ls mkdir mktemp mv od rm sed sleep tail tr".split(
    " ",
  );
/** The mounts of the init containers, rewritten to folders below the run's root. */
const MOUNT = /(?<![\w.-])\/(?=(?:models|host-model|custom-certs)(?:[/"'\s]|$))/gm;

/** How an init container ended. */
export type Outcome = {
  readonly code: number | null;
  /** Standard output and error as they came. */
  readonly log: string;
  /** What the service's condition `ModelTransferHealthy` says about it; null for a good end and for a cause it does not know. */
  readonly reason: TransferReason | null;
};

export type RunOptions = {
  /** Beside the container's own: what a Secret gives by `envFrom`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs this command, which gets the shell's as its arguments, in place of the shell. */
  readonly via?: readonly string[];
};

export type Running = {
  readonly ended: Promise<Outcome>;
  /** What it has said so far. */
  readonly log: () => string;
  /** As the kubelet asks a container to end. */
  readonly terminate: () => void;
};

export type Machine = {
  /** Holds `models`, `host-model`, `custom-certs`. */
  readonly root: string;
  /** Puts a file below the root. */
  store(path: string, content: string | Buffer): void;
  /** Of a file below the root. */
  read(path: string): string;
  /** Files below `models`, sorted, with `/` between folders. */
  models(): readonly string[];
  /** Lines for curl's own settings file. */
  curlrc(...lines: readonly string[]): void;
  run(container: Container, options?: RunOptions): Promise<Outcome>;
  start(container: Container, options?: RunOptions): Running;
  remove(): void;
};

/** A root of its own for the container's mounts, its home and its programs. */
export function createMachine(): Machine {
  const root = mkdtempSync(join(tmpdir(), "mooring-init-"));
  for (const dir of ["models", "host-model", "custom-certs", "bin", "home", "tmp"])
    mkdirSync(join(root, dir));
  linkPrograms(join(root, "bin"));
  const store = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  return {
    root,
    store,
    read: (path) => readFileSync(join(root, path), "utf8"),
    models: () => filesBelow(join(root, "models")),
    curlrc: (...lines) => store("home/.curlrc", `${lines.join("\n")}\n`),
    run: (container, options = {}) => start(root, container, options).ended,
    start: (container, options = {}) => start(root, container, options),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function start(root: string, container: Container, options: RunOptions): Running {
  const env = environmentOf(root, container, options);
  const [, flag = "", script = ""] = container.command ?? [];
  const steps = inRoot(root, expandReferences(script, env));
  const argv = [...(options.via ?? []), join(root, "bin", "sh"), flag, steps];
  const logFile = join(mkdtempSync(join(root, "tmp", "run-")), "log");
  const output = openSync(logFile, "a");
  const child = spawn(argv[0] ?? "", argv.slice(1), {
    env: { ...env, NODE_ENV: "test" },
    // one file for both, as the lines' order is part of the log
    stdio: ["ignore", output, output],
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      closeSync(output);
      // a test that failed has removed the machine under a run that went on
      const log = existsSync(logFile) ? readFileSync(logFile, "utf8") : "";
      resolve({ code, log, reason: reasonOf(container.name, code ?? 137, log) });
    });
  });
  return {
    ended,
    log: () => readFileSync(logFile, "utf8"),
    terminate: () => child.kill("SIGTERM"),
  };
}

type Environment = Readonly<Record<string, string>>;

/** What the Secret gives first, then the container's own, of which each may refer to those before it. */
function environmentOf(root: string, container: Container, { env }: RunOptions): Environment {
  const given: Environment = {
    PATH: join(root, "bin"),
    HOME: join(root, "home"),
    TMPDIR: join(root, "tmp"),
    ...env,
  };
  return (container.env ?? []).reduce<Environment>((before, { name, value = "" }) => {
    const mounted = name === "CACHE_DIR" || name === "MODEL_PATH";
    const expanded = expandReferences(value, before);
    return { ...before, [name]: mounted ? inRoot(root, expanded) : expanded };
  }, given);
}

/** As the kubelet does with the texts of a container: `$(NAME)` of a known variable becomes its value, `$$` becomes `$`. */
function expandReferences(text: string, env: Environment): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (env[name] ?? whole),
  );
}

function inRoot(root: string, text: string): string {
  return text.replace(MOUNT, `${root}/`);
}

/** By way of the pod's status, whose message is the end of the log (`FallbackToLogsOnError`). */
function reasonOf(name: string, exitCode: number, log: string): TransferReason | null {
  const message = exitCode === 0 ? "" : lastWords(log);
  const status = aContainerStatus(name, { terminated: { exitCode, message } });
  const pod = aPod({ status: { initContainerStatuses: [status] } });
  return diagnoseTransfer([pod])?.reason ?? null;
}

/** The kubelet's limits: 80 lines, 2048 bytes. */
function lastWords(log: string): string {
  const lines = log.split("\n").slice(-80).join("\n");
  return Buffer.from(lines).subarray(-2048).toString();
}

function filesBelow(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
}

function linkPrograms(bin: string): void {
  const busybox = SHELL === "BusyBox" ? findProgram("busybox") : null;
  const programs = ["sh", ...PROGRAMS].map((name) => [name, busybox ?? findProgram(name)] as const);
  for (const [name, program] of [...programs, ["curl", findProgram("curl")] as const]) {
    if (program !== null) symlinkSync(program, join(bin, name));
  }
}
