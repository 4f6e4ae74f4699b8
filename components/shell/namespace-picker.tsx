"use client";

import { Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";

import { useKnownNamespaces, useNamespaces } from "./namespaces";

/** Which namespaces the lists show; several at once, kept in the URL and remembered. */
export function NamespacePicker() {
  const { selected, select } = useNamespaces();
  const known = useKnownNamespaces();
  const [search, setSearch] = useState("");
  const shown = known.filter(({ name }) => name.includes(search.trim()));
  const label = toLabel(selected);
  const toggle = (name: string, checked: boolean) =>
    select(checked ? [...selected, name].sort() : selected.filter((other) => other !== name));
  return (
    <Menu position="bottom-start" width={240} shadow="none">
      <Menu.Target>
        <button type="button" className="field namespace-field" aria-label={`Namespaces: ${label}`}>
          <span>{label}</span>
          <IconChevronDown size={13} stroke={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {known.length > 7 ? (
          <Menu.Search
            placeholder="Find a namespace"
            aria-label="Find a namespace"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        ) : null}
        <Menu.CheckboxItem checked={selected.length === 0} onChange={() => select([])}>
          All namespaces
        </Menu.CheckboxItem>
        <Menu.Divider />
        {shown.map(({ name, services }) => (
          <Menu.CheckboxItem
            key={name}
            checked={selected.includes(name)}
            onChange={(checked) => toggle(name, checked)}
            rightSection={<span className="faint num">{services}</span>}
          >
            {name}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function toLabel(selected: readonly string[]): string {
  const [first] = selected;
  if (first === undefined) return "All namespaces";
  return selected.length === 1 ? first : `${first} +${selected.length - 1}`;
}
