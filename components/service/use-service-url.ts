"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";

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
  object: parseAsStringLiteral(["service", "model", "deployment"] as const).withDefault("service"),
};

/** Which tab is open and what it shows, in the URL. */
export function useServiceUrl() {
  const [state, setState] = useQueryStates(parsers, { history: "push" });
  return {
    ...state,
    setTab: (tab: ServiceTab) => void setState({ tab, pod: null, container: null, object: null }),
    openLogs: (pod: string, container: string) =>
      void setState({ tab: "logs", pod, container, object: null }),
    openYaml: (object: "service" | "model" | "deployment") =>
      void setState({ tab: "yaml", object, pod: null, container: null }),
  };
}
