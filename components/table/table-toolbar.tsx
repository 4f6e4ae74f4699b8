"use client";

import { useHotkeys } from "@mantine/hooks";
import { useMemo, useRef } from "react";

import { TextField } from "@/components/primitives/text-field";
import { severityWords } from "@/components/primitives/severity-mark";
import type { Severity } from "@/server/contract/finding";
import { FacetMenu } from "./facet-menu";
import { countFacet, type Facet } from "./facets";
import type { TableUrlState } from "./table-state";

const CHIPS = ["error", "warning", "info", "unknown"] as const satisfies readonly Severity[];

type TableToolbarProps<T> = Readonly<{
  what: string;
  rows: readonly T[];
  facets: readonly Facet<T>[];
  state: TableUrlState;
}>;

/** Filter, severity chips with counts, and the other facets. */
export function TableToolbar<T>({ what, rows, facets, state }: TableToolbarProps<T>) {
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => input.current?.focus()]]);
  const counted = useMemo(
    () =>
      facets.map((facet) => ({
        facet,
        counts: countFacet(rows, facets, { facet, selection: state.selection }),
      })),
    [rows, facets, state.selection],
  );
  const severity = counted.find(({ facet }) => facet.id === "severity");
  const selectedOf = (id: string) => state.selection[id] ?? [];
  return (
    <div className="toolbar" role="search" aria-label={`Filter ${what}`}>
      <TextField
        ref={input}
        className="toolbar-filter"
        placeholder="Filter"
        aria-label={`Filter ${what}`}
        value={state.query}
        onText={state.setQuery}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        hint={
          <kbd className="kbd" aria-hidden>
            /
          </kbd>
        }
      />
      <div className="toolbar-chips">
        {CHIPS.map((value) => {
          const count = severity?.counts.find((entry) => entry.value === value)?.count ?? 0;
          const pressed = selectedOf("severity").includes(value);
          if (count === 0 && !pressed) return null;
          const others = selectedOf("severity").filter((other) => other !== value);
          return (
            <button
              key={value}
              type="button"
              className="chip"
              aria-pressed={pressed}
              onClick={() => state.select("severity", pressed ? others : [...others, value])}
            >
              <span className={`chip-dot tone-${value}`} aria-hidden />
              {severityWords[value]} <b className="num">{count}</b>
            </button>
          );
        })}
        {counted
          .filter(({ facet }) => facet.id !== "severity")
          .map(({ facet, counts }) => (
            <FacetMenu
              key={facet.id}
              label={facet.label}
              counts={counts}
              selected={selectedOf(facet.id)}
              word={facet.word ?? ((value) => value)}
              onSelect={(values) => state.select(facet.id, values)}
            />
          ))}
        {state.active ? (
          <button type="button" className="link-button" onClick={state.clear}>
            Clear all
          </button>
        ) : null}
      </div>
    </div>
  );
}
