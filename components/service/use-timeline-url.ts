"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";

import { timelineSources } from "@/server/contract/timeline";

const parsers = {
  source: parseAsStringLiteral(timelineSources),
  kind: parseAsString,
  about: parseAsString,
};

/** What of the timeline is shown, in the URL: where it comes from, the kind of the object, its name. */
export function useTimelineUrl() {
  const [filter, setFilter] = useQueryStates(parsers, { history: "replace" });
  return { filter, setFilter: (change: Partial<typeof filter>) => void setFilter(change) };
}
