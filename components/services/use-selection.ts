"use client";

import { useMemo, useState } from "react";

import type { RowSelection } from "@/components/table/select-cells";

const NONE: ReadonlySet<string> = new Set();

/** Which services are selected, by key; kept while the filters change. */
export function useSelection(): RowSelection & { readonly clear: () => void } {
  const [selected, setSelected] = useState(NONE);
  return useMemo(
    () => ({
      selected,
      what: "service",
      onSelect: (ids, on) => setSelected((before) => change(before, ids, on)),
      clear: () => setSelected(NONE),
    }),
    [selected],
  );
}

function change(
  before: ReadonlySet<string>,
  ids: readonly string[],
  on: boolean,
): ReadonlySet<string> {
  const after = new Set(before);
  for (const id of ids) {
    if (on) after.add(id);
    else after.delete(id);
  }
  return after;
}
