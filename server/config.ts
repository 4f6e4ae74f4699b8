import { join } from "node:path";
import { z } from "zod";

import {
  IMPROVEMENTS,
  parseStrictness,
  showStrictness,
  type Improvements,
} from "@/server/domain/improvements";
import { completeOperatorSettings, parseOperatorFlags } from "@/server/domain/operator-flags";
import {
  BUILTIN_REVALIDATE_INTERVAL_MS,
  claimRuleOf,
  type OperatorSettings,
} from "@/server/domain/operator-settings";

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly cluster: {
    readonly mode: "sandbox" | "in-cluster" | "kubeconfig";
    /** null: the default search (`KUBECONFIG`, `~/.kube/config`). */
    readonly kubeconfig: string | null;
    readonly context: string | null;
  };
  readonly operator: "none" | "builtin";
  /** No LLMKube operator runs where Mooring may not look for one. */
  readonly operatorAlone: boolean;
  readonly operatorSettings: OperatorSettings;
  /** What the built-in operator does better than LLMKube; empty: exactly the contract. */
  readonly operatorImprovements: Improvements;
  /** The flags that were given, without their dashes; the others have their defaults. */
  readonly configuredFlags: ReadonlySet<string>;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly auth: "local";
  readonly historyDays: number;
  /** Where to tell what opens and closes; null: nowhere. */
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  /** Where people open Mooring, without a slash at its end; null: not told. */
  readonly publicUrl: string | null;
  /** Every effective value by the name of its variable, secrets masked. */
  readonly shown: readonly { readonly name: string; readonly value: string }[];
};

/** What of the machine decides a default. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A service account's token is mounted: we run in a pod. */
  readonly serviceAccount: boolean;
};

/** Every fault of a configuration at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map((f) => `  - ${f}`).join("\n")}`,
    );
    this.faults = faults;
  }
}

const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "::1"];
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Read by the launcher, which passes the whole environment on. */
const FOREIGN_NAMES = ["MOORING_BUILD_ID"];

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const httpUrl = z.string().refine((text) => /^https?:\/\/[^@]+$/.test(text) && URL.canParse(text), {
  message: "must be an http:// or https:// address without user and password",
});

const namespacesSchema = z
  .string()
  .transform((list) => [...new Set(list.split(",").map((name) => name.trim()))].filter(Boolean))
  .pipe(z.array(z.string().regex(NAMESPACE, "must be namespace names with commas between them")));

/** Adds its own fault, so that it is listed with the others. */
function readStrictness(text: string, context: z.RefinementCtx): Improvements {
  const improvements = parseStrictness(text);
  if (improvements !== null) return improvements;
  context.addIssue({
    code: "custom",
    message: `"${text}" is neither true nor false nor names of ${IMPROVEMENTS.join(", ")} with commas between them`,
  });
  return z.NEVER;
}

const variables = {
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  MOORING_CLUSTER: z.enum(["sandbox", "in-cluster", "kubeconfig"]).optional(),
  MOORING_KUBECONFIG: z.string().min(1).optional(),
  MOORING_CONTEXT: z.string().min(1).optional(),
  MOORING_OPERATOR: z.enum(["none", "builtin"]).optional(),
  MOORING_OPERATOR_ALONE: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  MOORING_OPERATOR_FLAGS: z.string().default(""),
  MOORING_OPERATOR_STRICT: z.string().default("false").transform(readStrictness),
  MOORING_NAMESPACES: namespacesSchema.optional(),
  MOORING_DATA_DIR: z.string().min(1).default("./data"),
  DATABASE_URL: z
    .string()
    .regex(/^file:./, "must be a file: address; only SQLite is supported by this version")
    .optional(),
  MOORING_AUTH: z
    .literal("local", 'must be "local"; "token" and "oidc" are not supported by this version')
    .default("local"),
  MOORING_HISTORY_DAYS: wholeNumber(1, 3650).default(30),
  MOORING_WEBHOOK_URL: httpUrl.optional(),
  MOORING_WEBHOOK_SECRET: z.string().min(16, "must have at least 16 characters").optional(),
  MOORING_PUBLIC_URL: httpUrl.transform((url) => url.replace(/\/+$/, "")).optional(),
};
const schema = z.object(variables);
type Variables = z.infer<typeof schema>;

/**
 * The whole configuration, with every default filled in. An empty variable counts as not set. Pure.
 * @throws ConfigError that lists every fault, unknown `MOORING_*` names among them.
 */
export function parseConfig(around: Surroundings): Config {
  const given = Object.entries(around.env).filter(
    ([, value]) => value !== undefined && value !== "",
  );
  const parsed = schema.safeParse(Object.fromEntries(given.filter(([name]) => name in variables)));
  const faults = given
    .map(([name]) => name)
    .filter(isUnknown)
    .map(unknownFault);
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`),
    );
    throw new ConfigError(faults);
  }
  const flags = parseOperatorFlags(parsed.data.MOORING_OPERATOR_FLAGS);
  faults.push(...flags.faults.map((fault) => `MOORING_OPERATOR_FLAGS: ${fault}`));
  const mode = clusterMode(parsed.data, around);
  faults.push(...combinationFaults(parsed.data, mode));
  if (faults.length > 0) throw new ConfigError(faults);
  const operator = parsed.data.MOORING_OPERATOR ?? (mode === "sandbox" ? "builtin" : "none");
  return withShown({
    ...plain(parsed.data),
    cluster: {
      mode,
      kubeconfig: parsed.data.MOORING_KUBECONFIG ?? null,
      context: parsed.data.MOORING_CONTEXT ?? null,
    },
    operator,
    operatorSettings: {
      ...completeOperatorSettings({
        ...(operator === "builtin" ? BUILTIN : {}),
        ...flags.settings,
      }),
      claimRule:
        operator === "builtin" ? claimRuleOf(parsed.data.MOORING_OPERATOR_STRICT) : "asLLMKube",
    },
    configuredFlags: new Set(flags.given),
  });
}

/** Settings of the built-in operator that nobody gave, where they are not LLMKube's. */
const BUILTIN = { revalidateIntervalMs: BUILTIN_REVALIDATE_INTERVAL_MS };

function plain(values: Variables) {
  return {
    port: values.PORT,
    host: values.HOST,
    operatorAlone: values.MOORING_OPERATOR_ALONE,
    operatorImprovements: values.MOORING_OPERATOR_STRICT,
    namespaces: values.MOORING_NAMESPACES ?? null,
    dataDir: values.MOORING_DATA_DIR,
    databaseUrl: values.DATABASE_URL ?? `file:${join(values.MOORING_DATA_DIR, "mooring.db")}`,
    auth: values.MOORING_AUTH,
    historyDays: values.MOORING_HISTORY_DAYS,
    webhook: webhookOf(values),
    publicUrl: values.MOORING_PUBLIC_URL ?? null,
  };
}

function webhookOf(values: Variables): Config["webhook"] {
  const { MOORING_WEBHOOK_URL: url, MOORING_WEBHOOK_SECRET: secret } = values;
  return url !== undefined && secret !== undefined ? { url, secret } : null;
}

function isUnknown(name: string): boolean {
  return name.startsWith("MOORING_") && !(name in variables) && !FOREIGN_NAMES.includes(name);
}

function unknownFault(name: string): string {
  const known = Object.keys(variables).filter((variable) => variable.startsWith("MOORING_"));
  return `${name}: there is no such variable; known are ${known.join(", ")}`;
}

function clusterMode(values: Variables, around: Surroundings): Config["cluster"]["mode"] {
  if (values.MOORING_CLUSTER) return values.MOORING_CLUSTER;
  if (values.MOORING_KUBECONFIG ?? values.MOORING_CONTEXT) return "kubeconfig";
  return around.serviceAccount ? "in-cluster" : "sandbox";
}

function webhookFaults(values: Variables): string[] {
  const { MOORING_WEBHOOK_URL: url, MOORING_WEBHOOK_SECRET: secret } = values;
  if ((url === undefined) === (secret === undefined)) return [];
  return url === undefined
    ? ["MOORING_WEBHOOK_SECRET: is of no use without MOORING_WEBHOOK_URL"]
    : ["MOORING_WEBHOOK_SECRET: is needed with MOORING_WEBHOOK_URL; messages are signed with it"];
}

function combinationFaults(values: Variables, mode: Config["cluster"]["mode"]): string[] {
  const faults = webhookFaults(values);
  if (!LOOPBACK_HOSTS.includes(values.HOST))
    faults.push(
      `HOST: "${values.HOST}" is not a loopback address; MOORING_AUTH=local serves this machine only (${LOOPBACK_HOSTS.join(", ")})`,
    );
  if (mode === "sandbox" && !values.MOORING_KUBECONFIG)
    faults.push(
      "MOORING_KUBECONFIG: the sandbox's kubeconfig is needed; `npm start` starts a sandbox and sets it, or choose a cluster with MOORING_CLUSTER=kubeconfig",
    );
  if (mode === "in-cluster" && (values.MOORING_KUBECONFIG ?? values.MOORING_CONTEXT))
    faults.push("MOORING_CLUSTER: in-cluster takes neither MOORING_KUBECONFIG nor MOORING_CONTEXT");
  return faults;
}

function withShown(config: Omit<Config, "shown">): Config {
  const rows: readonly (readonly [string, string])[] = [
    ["HOST", config.host],
    ["PORT", String(config.port)],
    ["MOORING_CLUSTER", config.cluster.mode],
    ["MOORING_KUBECONFIG", config.cluster.kubeconfig ?? "(default)"],
    ["MOORING_CONTEXT", config.cluster.context ?? "(current)"],
    ["MOORING_OPERATOR", config.operator],
    ["MOORING_OPERATOR_ALONE", String(config.operatorAlone)],
    ["MOORING_OPERATOR_STRICT", showStrictness(config.operatorImprovements)],
    ["MOORING_NAMESPACES", config.namespaces?.join(",") ?? "(all)"],
    ["MOORING_DATA_DIR", config.dataDir],
    ["DATABASE_URL", config.databaseUrl],
    ["MOORING_AUTH", config.auth],
    ["MOORING_HISTORY_DAYS", String(config.historyDays)],
    // Many receivers have their secret in the path.
    ["MOORING_WEBHOOK_URL", config.webhook === null ? "(none)" : maskUrl(config.webhook.url)],
    ["MOORING_WEBHOOK_SECRET", config.webhook === null ? "(none)" : "(set)"],
    ["MOORING_PUBLIC_URL", config.publicUrl ?? "(none)"],
  ];
  return { ...config, shown: rows.map(([name, value]) => ({ name, value })) };
}

/** An address as it may be shown: where it leads, without path and query. */
export function maskUrl(url: string): string {
  return `${new URL(url).origin}/…`;
}
