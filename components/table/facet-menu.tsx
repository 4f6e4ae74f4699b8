"use client";

import { Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";

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
  const [search, setSearch] = useState("");
  const active = selected.length > 0;
  const shown = counts.filter(({ value }) =>
    word(value).toLowerCase().includes(search.trim().toLowerCase()),
  );
  const toggle = (value: string, checked: boolean) =>
    onSelect(checked ? [...selected, value] : selected.filter((other) => other !== value));
  return (
    <Menu position="bottom-start" width={280} shadow="none">
      <Menu.Target>
        <button type="button" className="chip" data-active={active || undefined}>
          {active ? `${label}: ${summarise(selected, word)}` : label}
          <IconChevronDown size={12} stroke={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={380} style={{ overflowY: "auto" }}>
        {counts.length > 9 ? (
          <Menu.Search
            placeholder={`Find: ${label.toLowerCase()}`}
            aria-label={`Find: ${label.toLowerCase()}`}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        ) : null}
        {shown.map(({ value, count }) => (
          <Menu.CheckboxItem
            key={value}
            checked={selected.includes(value)}
            onChange={(checked) => toggle(value, checked)}
            rightSection={<span className="faint num">{count}</span>}
          >
            {word(value)}
          </Menu.CheckboxItem>
        ))}
        {shown.length === 0 ? <Menu.Label>Nothing to choose from</Menu.Label> : null}
        {active ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onSelect([])}>Clear</Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function summarise(selected: readonly string[], word: (value: string) => string): string {
  const [first = ""] = selected;
  return selected.length === 1 ? word(first) : `${word(first)} +${selected.length - 1}`;
}
