import { completeOperatorSettings, parseOperatorFlags, settingsWithout } from "./operator-flags";
import type { OperatorSettingName, OperatorSettings } from "./operator-settings";

/** A Deployment that is an LLMKube operator. */
export type FoundOperator = {
  readonly namespace: string;
  readonly name: string;
  readonly image: string | null;
  /** Of the operator's container, with the variables in them replaced by their values where these can be read. */
  readonly args: readonly string[];
};

/** What a look at the cluster's Deployments gave. */
export type OperatorSearch = {
  /** In the order of their namespaces and names. */
  readonly operators: readonly FoundOperator[];
  /** false: not every namespace may be looked at, so that none found does not mean that there is none. */
  readonly complete: boolean;
};

/** What was asked for. */
export type OperatorWish = {
  readonly operator: "none" | "builtin";
  /** Somebody vouches for it that no LLMKube operator runs where Mooring may not look. */
  readonly operatorAlone: boolean;
  readonly operatorSettings: OperatorSettings;
  /** Flags that were given, without dashes. */
  readonly configuredFlags: ReadonlySet<string>;
};

/** Why the built-in operator does not do what was asked of it. */
export type OperatorRefusal = {
  readonly reason: "OperatorFound" | "SearchIncomplete";
  readonly message: string;
};

/** Who does the operator's work, and by which settings. */
export type ChosenOperator = {
  /** In effect. */
  readonly mode: "none" | "builtin";
  readonly wanted: "none" | "builtin";
  readonly refused: OperatorRefusal | null;
  readonly search: "pending" | "complete" | "incomplete";
  /** Every LLMKube operator that was found. */
  readonly found: readonly FoundOperator[];
  readonly settings: OperatorSettings;
  readonly given: ReadonlySet<string>;
  readonly source: "configured" | "found";
};

/**
 * Decides who does the operator's work. The built-in operator never works beside LLMKube's (two would fight over every
 * Deployment and status), nor where it could not look for one unless somebody vouches for it. `search` is null until the
 * first answer: then nobody works yet. Pure.
 */
export function chooseOperator(wish: OperatorWish, search: OperatorSearch | null): ChosenOperator {
  const wanted = wish.operator;
  if (search === null) {
    const unknown = { refused: null, search: "pending", found: [] } as const;
    return { mode: "none", wanted, ...unknown, ...configured(wish, { isKnown: false }) };
  }
  const refused = wanted === "builtin" ? refusalOf(wish, search) : null;
  const mode = wanted === "builtin" && refused === null ? "builtin" : "none";
  const { operators, complete } = search;
  return {
    mode,
    wanted,
    refused,
    search: complete ? "complete" : "incomplete",
    found: operators,
    ...(operators.length > 0
      ? settingsOf(operators)
      : mode === "builtin"
        ? { settings: wish.operatorSettings, given: wish.configuredFlags, source: "configured" }
        : configured(wish, { isKnown: complete })),
  };
}

function refusalOf(wish: OperatorWish, search: OperatorSearch): OperatorRefusal | null {
  const names = search.operators.map(({ namespace, name }) => `${namespace}/${name}`);
  if (names.length > 0) {
    return {
      reason: "OperatorFound",
      message: `An LLMKube operator runs here (Deployment ${names.join(", ")}), so Mooring's own operator does not. Set MOORING_OPERATOR=none to work beside LLMKube, or remove that Deployment: Mooring's operator then starts by itself.`,
    };
  }
  if (search.complete || wish.operatorAlone) return null;
  return {
    reason: "SearchIncomplete",
    message:
      "Mooring may not list Deployments in every namespace, so it could not look for an LLMKube operator, and its own does not start. Set MOORING_OPERATOR_ALONE=true if you know that there is none, MOORING_OPERATOR=none if there is one, or let Mooring list Deployments.",
  };
}

/** What was said of another operator's settings; where one may run that was not found, the rest is unknown. */
function configured(
  { operatorSettings, configuredFlags }: OperatorWish,
  { isKnown }: { readonly isKnown: boolean },
): Pick<ChosenOperator, "settings" | "given" | "source"> {
  const unknown = isKnown ? [] : settingsWithout(configuredFlags);
  return {
    settings: { ...operatorSettings, claimRule: "asLLMKube", unknown },
    given: configuredFlags,
    source: "configured",
  };
}

/** The operators' own settings; one that they do not agree on is unknown. */
function settingsOf(
  operators: readonly FoundOperator[],
): Pick<ChosenOperator, "settings" | "given" | "source"> {
  const [first, ...others] = operators.map(({ args }) =>
    parseOperatorFlags(args, { asLlmkube: true }),
  );
  const settings = completeOperatorSettings(first?.settings ?? {});
  const unknown = new Set<OperatorSettingName>(first?.unread);
  for (const other of others) {
    const its = completeOperatorSettings(other.settings);
    for (const name of settingsWithout(new Set()))
      if (JSON.stringify(its[name]) !== JSON.stringify(settings[name])) unknown.add(name);
    for (const name of other.unread) unknown.add(name);
  }
  return {
    settings: { ...settings, unknown: [...unknown] },
    given: new Set(first?.given),
    source: "found",
  };
}
