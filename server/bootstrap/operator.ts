import type { Logger } from "pino";
import { isDeepStrictEqual } from "node:util";

import type { Config } from "@/server/config";
import { chooseOperator, type ChosenOperator } from "@/server/domain/operator-choice";
import type { OperatorWatch } from "@/server/kube/operator-watch";
import type { Connection } from "./connection";

export type OperatorConfig = Pick<
  Config,
  "operator" | "operatorAlone" | "operatorSettings" | "configuredFlags"
>;

/** Who does the operator's work, as of now. */
export interface OperatorInCharge {
  current(): ChosenOperator;
  stop(): Promise<void>;
}

/**
 * Follows the LLMKube operators of the cluster and what that means for who does the work. `onChange` is told of every
 * difference, at once: from then on nothing may be done that the new choice forbids.
 */
export function followOperator(options: {
  readonly connection: Pick<Connection, "watchOperators">;
  readonly config: OperatorConfig;
  readonly log: Logger;
  readonly onChange: (chosen: ChosenOperator, before: ChosenOperator) => void;
}): OperatorInCharge {
  const { connection, config, log } = options;
  let current = chooseOperator(config, null);
  const look = () => {
    const chosen = chooseOperator(config, watch?.search() ?? null);
    if (isDeepStrictEqual(chosen, current)) return;
    const before = current;
    current = chosen;
    logChange(chosen, before, log);
    options.onChange(chosen, before);
  };
  const watch: OperatorWatch | undefined = connection.watchOperators({
    onChange: look,
    onError: (error) => log.warn({ error }, "the look for an LLMKube operator failed and goes on"),
  });
  return { current: () => current, stop: () => watch.stop() };
}

function logChange(chosen: ChosenOperator, before: ChosenOperator, log: Logger): void {
  const found = chosen.found.map(({ namespace, name }) => `${namespace}/${name}`);
  const { refused, mode } = chosen;
  if (refused !== null && refused.message !== before.refused?.message) {
    const { reason, message } = refused;
    const what = before.mode === "builtin" ? "stops" : "does not start";
    log.error({ reason, found, message }, `the built-in operator ${what}`);
  } else if (mode === "builtin" && before.mode !== "builtin") {
    log.info("the built-in operator starts: no LLMKube operator is in its way");
  } else if (chosen.wanted === "none") {
    const { search, settings } = chosen;
    log.info({ found, search, unknown: settings.unknown }, "looked for an LLMKube operator");
  }
}
