import type { Logger } from "pino";

import type { Config } from "@/server/config";
import { refuseBesideOperator } from "@/server/controllers/inference-service/operator-guard";
import { completeOperatorSettings, parseOperatorFlags } from "@/server/domain/operator-flags";
import type { ClusterState } from "@/server/services/get-cluster";
import type { Connection } from "./connection";

export type ChosenOperator = ClusterState["operator"];

/**
 * Who does the operator's work, and by which settings. An LLMKube operator that is found wins over the configuration:
 * two would fight over every Deployment.
 */
export async function chooseOperator(
  connection: Pick<Connection, "findOperators">,
  config: Pick<Config, "operator" | "operatorSettings" | "configuredFlags">,
  log: Logger,
): Promise<ChosenOperator> {
  const { operators, complete } = await connection.findOperators();
  const [operator] = operators;
  if (!operator) {
    if (config.operator === "builtin" && !complete)
      log.warn("not every namespace could be searched for an LLMKube operator");
    return {
      mode: config.operator,
      found: null,
      settings: config.operatorSettings,
      given: config.configuredFlags,
      source: "configured",
    };
  }
  const refusal = config.operator === "builtin" ? refuseBesideOperator(operator) : null;
  if (refusal !== null) log.error({ reason: refusal }, "the built-in operator does not start");
  const { namespace, name, image } = operator;
  const flags = parseOperatorFlags(operator.args, { asLlmkube: true });
  return {
    mode: "none",
    found: { namespace, name, image },
    settings: completeOperatorSettings(flags.settings),
    given: new Set(flags.given),
    source: "found",
  };
}
