"use client";

import type { SortingState } from "@tanstack/react-table";
import { parseAsArrayOf, parseAsString, useQueryState, useQueryStates } from "nuqs";
import { useMemo } from "react";

import type { Selection } from "./facets";

export type TableUrlState = Readonly<{
  query: string;
  setQuery: (query: string) => void;
  selection: Selection;
  select: (facet: string, values: readonly string[]) => void;
  clear: () => void;
  sorting: SortingState;
  setSorting: (sorting: SortingState) => void;
  active: boolean;
}>;

const list = parseAsArrayOf(parseAsString).withDefault([]);

/** Search, facets and order of a table, all in the URL: a link brings the same view. */
export function useTableState(facetIds: readonly string[], defaultSort: string): TableUrlState {
  const parsers = useMemo(() => Object.fromEntries(facetIds.map((id) => [id, list])), [facetIds]);
  const [selection, setSelection] = useQueryStates(parsers, { history: "push" });
  const [query, setQuery] = useQueryState("q", parseAsString.withDefault(""));
  const [sort, setSort] = useQueryState(
    "sort",
    parseAsString.withDefault(defaultSort).withOptions({ history: "push" }),
  );
  const sorting = useMemo(() => toSorting(sort), [sort]);
  return {
    query,
    setQuery: (value) => void setQuery(value === "" ? null : value),
    selection,
    select: (facet, values) =>
      void setSelection({ [facet]: values.length === 0 ? null : [...values] }),
    clear: () => {
      void setSelection(null);
      void setQuery(null);
    },
    sorting,
    setSorting: (next) => void setSort(fromSorting(next)),
    active: query !== "" || Object.values(selection).some((values) => values.length > 0),
  };
}

function toSorting(sort: string): SortingState {
  return [sort.startsWith("-") ? { id: sort.slice(1), desc: true } : { id: sort, desc: false }];
}

function fromSorting(sorting: SortingState): string | null {
  const [first] = sorting;
  return first === undefined ? null : `${first.desc ? "-" : ""}${first.id}`;
}
