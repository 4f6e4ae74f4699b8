import { describe, expect, it } from "vitest";

import { ConfigError, parseConfig } from "./config";

const SANDBOX = { MOORING_KUBECONFIG: "/tmp/sandbox.kubeconfig", MOORING_CLUSTER: "sandbox" };

function parse(env: Record<string, string>, serviceAccount = false) {
  return parseConfig({ env, serviceAccount });
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("parseConfig", () => {
  it("fills in every default for the sandbox, where the built-in operator does the work", () => {
    expect(parse(SANDBOX)).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      cluster: { mode: "sandbox", kubeconfig: "/tmp/sandbox.kubeconfig", context: null },
      operator: "builtin",
      namespaces: null,
      databaseUrl: "file:data/mooring.db",
      historyDays: 30,
    });
  });

  it("leaves the operator's work to LLMKube on a real cluster", () => {
    expect(parse({ MOORING_CLUSTER: "kubeconfig" }).operator).toBe("none");
  });

  it("takes a mounted service account as the cluster to use, unless a kubeconfig is named", () => {
    expect(parse({}, true).cluster.mode).toBe("in-cluster");
    expect(parse({ MOORING_CONTEXT: "prod" }, true).cluster.mode).toBe("kubeconfig");
  });

  it("lists every fault at once", () => {
    const faults = faultsOf({
      PORT: "many",
      MOORING_AUTH: "oidc",
      MOORING_OPERATR: "builtin",
      MOORING_HISTORY_DAYS: "0",
    });

    expect(faults).toHaveLength(4);
    expect(faults.join("\n")).toMatch(/MOORING_OPERATR.*no such variable/);
    expect(faults.join("\n")).toMatch(/MOORING_AUTH.*"local"/);
  });

  it.each([
    ["an address other machines can reach", { ...SANDBOX, HOST: "0.0.0.0" }, /HOST.*loopback/],
    ["a sandbox without its kubeconfig", { MOORING_CLUSTER: "sandbox" }, /MOORING_KUBECONFIG/],
    ["PostgreSQL", { ...SANDBOX, DATABASE_URL: "postgresql://db/mooring" }, /DATABASE_URL.*SQLite/],
    [
      "a name that is no namespace",
      { ...SANDBOX, MOORING_NAMESPACES: "ml,No_" },
      /MOORING_NAMESPACES/,
    ],
    [
      "an unknown improvement",
      { ...SANDBOX, MOORING_OPERATOR_STRICT: "Faster" },
      /MOORING_OPERATOR_STRICT.*HealOnClaim/,
    ],
    ["an unknown operator flag", { ...SANDBOX, MOORING_OPERATOR_FLAGS: "--fast" }, /"fast"/],
    [
      "an impossible value of a flag",
      { ...SANDBOX, MOORING_OPERATOR_FLAGS: "--model-cache-mode=none" },
      /--model-cache-mode cannot be "none"/,
    ],
  ])("refuses %s", (_case, env, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(fault)]);
  });

  it("reads the operator's settings under LLMKube's flag names", () => {
    const config = parse({
      ...SANDBOX,
      MOORING_OPERATOR_FLAGS: "--model-cache-mode perService --model-cache-size=50Gi",
    });

    expect(config.operatorSettings).toMatchObject({ cacheMode: "perService", cacheSize: "50Gi" });
    expect([...config.configuredFlags]).toEqual(["model-cache-mode", "model-cache-size"]);
  });

  it("asks no source whether it changed, unless it is told to; an operator that is found does so each hour", () => {
    const intervalOf = (env: Readonly<Record<string, string>>) =>
      parse({ ...SANDBOX, ...env }).operatorSettings.revalidateIntervalMs;
    expect(intervalOf({})).toBe(0);
    expect(intervalOf({ MOORING_OPERATOR_FLAGS: "--model-revalidate-interval=30m" })).toBe(
      1_800_000,
    );
    expect(intervalOf({ MOORING_OPERATOR: "none" })).toBe(3_600_000);
  });

  it("counts an empty variable as not set and drops repeated namespaces", () => {
    const config = parse({ ...SANDBOX, PORT: "", MOORING_NAMESPACES: "ml, prod,ml" });

    expect(config.port).toBe(3000);
    expect(config.namespaces).toEqual(["ml", "prod"]);
  });

  describe("the webhook", () => {
    const url = "https://hooks.example.com/services/T0/s3cret?key=s3cret";
    const secret = "0123456789abcdef-hidden";

    it("is taken with its secret, and neither is ever shown", () => {
      const config = parse({
        ...SANDBOX,
        MOORING_WEBHOOK_URL: url,
        MOORING_WEBHOOK_SECRET: secret,
      });
      expect(config.webhook).toEqual({ url, secret });
      expect(JSON.stringify(config.shown)).not.toMatch(/s3cret|hidden/);
      expect(config.shown).toContainEqual({
        name: "MOORING_WEBHOOK_URL",
        value: "https://hooks.example.com/…",
      });
    });

    it("is off unless it is configured", () => {
      expect(parse(SANDBOX)).toMatchObject({ webhook: null, publicUrl: null });
    });

    it.each([
      ["an address without a secret", { MOORING_WEBHOOK_URL: url }],
      ["a secret without an address", { MOORING_WEBHOOK_SECRET: secret }],
      ["a short secret", { MOORING_WEBHOOK_URL: url, MOORING_WEBHOOK_SECRET: "short" }],
      ["a file", { MOORING_WEBHOOK_URL: "file:///etc/passwd", MOORING_WEBHOOK_SECRET: secret }],
      [
        "a user and password in the address",
        { MOORING_WEBHOOK_URL: "https://a:b@example.com/", MOORING_WEBHOOK_SECRET: secret },
      ],
      ["no address at all", { MOORING_PUBLIC_URL: "mooring.example.com" }],
    ])("refuses %s", (_case, env) => {
      expect(faultsOf({ ...SANDBOX, ...env })).toHaveLength(1);
    });

    it("takes the public address without the slash at its end", () => {
      const env = { ...SANDBOX, MOORING_PUBLIC_URL: "https://mooring.example.com/" };
      expect(parse(env).publicUrl).toBe("https://mooring.example.com");
    });
  });
});
