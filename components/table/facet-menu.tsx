"use client";

import { IconChevronDown } from "@tabler/icons-react";

import { CheckMenuButton } from "@/components/primitives/menu-button";
import type { FacetCount } from "./facets";

type FacetMenuProps = Readonly<{
  label: string;
  counts: readonly FacetCount[];
  selected: readonly string[];
  word: (value: string) => string;
  onSelect: (values: readonly string[]) => void;
}>;

/** A chip that opens the values of one facet with their counts; filled while it narrows the list. */
export function FacetMenu({ label, counts, selected, word, onSelect }: FacetMenuProps) {
  const active = selected.length > 0;
  return (
    <CheckMenuButton
      className="chip"
      active={active}
      searchLabel={`Find: ${label.toLowerCase()}`}
      noneLabel="Any"
      items={counts.map(({ value, count }) => ({ value, label: word(value), count }))}
      checked={selected}
      onCheck={onSelect}
    >
      {active ? `${label}: ${summarise(selected, word)}` : label}
      <IconChevronDown size={12} stroke={1.8} aria-hidden />
    </CheckMenuButton>
  );
}

function summarise(selected: readonly string[], word: (value: string) => string): string {
  const [first = ""] = selected;
  return selected.length === 1 ? word(first) : `${word(first)} +${selected.length - 1}`;
}
