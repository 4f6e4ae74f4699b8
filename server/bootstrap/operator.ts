import type { Logger } from "pino";

import type { Config } from "@/server/config";
import { refuseBesideOperator } from "@/server/controllers/inference-service/operator-guard";
import { completeOperatorSettings } from "@/server/domain/operator-flags";
import type { ObjectStore } from "@/server/ports";
import type { ClusterState } from "@/server/services/get-cluster";
import { findOperator } from "@/server/services/find-operator";

export type ChosenOperator = ClusterState["operator"];

/**
 * Who does the operator's work, and by which settings. An LLMKube operator that is found wins over the configuration:
 * two would fight over every Deployment.
 */
export async function chooseOperator(
  objects: Pick<ObjectStore, "list">,
  config: Config,
  log: Logger,
): Promise<ChosenOperator> {
  const operator = await findOperator(objects);
  if (operator) {
    const refusal = config.operator === "builtin" ? refuseBesideOperator(operator.found) : null;
    if (refusal !== null)
      log.error({ found: operator.found, reason: refusal }, "the built-in operator does not start");
    return {
      mode: "none",
      found: operator.found,
      settings: completeOperatorSettings(operator.flags.settings),
      given: new Set(operator.flags.given),
      source: "found",
    };
  }
  return {
    mode: config.operator,
    found: null,
    settings: config.operatorSettings,
    given: config.configuredFlags,
    source: "configured",
  };
}
