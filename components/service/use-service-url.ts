"use client";

import {
  parseAsBoolean,
  parseAsString,
  parseAsStringLiteral,
  throttle,
  useQueryStates,
} from "nuqs";

import type { ChosenLog } from "./log-choice";

export const serviceTabs = [
  "timeline",
  "cache",
  "logs",
  "conditions",
  "yaml",
  "attachments",
] as const;
export type ServiceTab = (typeof serviceTabs)[number];

const parsers = {
  tab: parseAsStringLiteral(serviceTabs).withDefault("timeline"),
  pod: parseAsString,
  container: parseAsString,
  /** The log of the run before; null: whichever tells more. */
  previous: parseAsBoolean,
  /** What is looked for in the log; each letter is not a step to go back to. */
  find: parseAsString
    .withDefault("")
    .withOptions({ history: "replace", limitUrlUpdates: throttle(300) }),
  object: parseAsStringLiteral(["service", "model", "deployment"] as const).withDefault("service"),
  /** Code of the finding whose evidence is open. */
  finding: parseAsString,
};

const NO_LOG = { pod: null, container: null, previous: null, find: null } as const;

/** Which tab is open and what it shows, in the URL. */
export function useServiceUrl() {
  const [state, setState] = useQueryStates(parsers, { history: "push" });
  return {
    ...state,
    setTab: (tab: ServiceTab) => void setState({ ...NO_LOG, tab, object: null }),
    openLogs: (pod: string, container: string, previous: boolean | null = null) =>
      void setState({ ...NO_LOG, tab: "logs", pod, container, previous, object: null }),
    /** Names the log that is shown without being asked for, so that the link shows the same one. */
    settleLogs: (log: ChosenLog) => void setState(log, { history: "replace" }),
    setFind: (find: string) => void setState({ find: find === "" ? null : find }),
    openYaml: (object: "service" | "model" | "deployment") =>
      void setState({ ...NO_LOG, tab: "yaml", object }),
  };
}
