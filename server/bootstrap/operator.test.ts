import { pino } from "pino";
import { describe, expect, it } from "vitest";

import { parseConfig } from "@/server/config";
import { chooseOperator } from "./operator";

const log = pino({ level: "silent" });
const LLMKUBE = {
  namespace: "llmkube-system",
  name: "llmkube-controller-manager",
  image: "ghcr.io/defilantech/llmkube-controller:0.9.15",
  args: ["--leader-elect", "--model-cache-mode=perService", "--model-cache-size", "50Gi"],
};

function choose(operators: (typeof LLMKUBE)[], operator: "none" | "builtin") {
  const env = {
    MOORING_CLUSTER: "kubeconfig",
    MOORING_OPERATOR: operator,
    MOORING_OPERATOR_FLAGS: "--model-cache-mode=shared",
  };
  const config = parseConfig({ env, serviceAccount: false });
  return chooseOperator(
    { findOperators: async () => ({ operators, complete: true }) },
    config,
    log,
  );
}

describe("chooseOperator", () => {
  it("never starts the built-in operator beside LLMKube's, and takes that one's settings", async () => {
    const chosen = await choose([LLMKUBE], "builtin");

    expect(chosen).toMatchObject({
      mode: "none",
      found: { namespace: "llmkube-system", name: "llmkube-controller-manager" },
      settings: { cacheMode: "perService", cacheSize: "50Gi", cachePath: "/models" },
      source: "found",
    });
    expect([...chosen.given]).toEqual(["model-cache-mode", "model-cache-size"]);
  });

  it.each(["none", "builtin"] as const)(
    "does as configured (%s) where there is none",
    async (mode) => {
      expect(await choose([], mode)).toMatchObject({
        mode,
        found: null,
        settings: { cacheMode: "shared" },
        source: "configured",
      });
    },
  );
});
