"use client";

import { IconChevronDown } from "@tabler/icons-react";

import { CheckMenuButton } from "@/components/primitives/menu-button";
import { useKnownNamespaces, useNamespaces } from "./namespaces";

/** Which namespaces the lists show; several at once, kept in the URL and remembered. */
export function NamespacePicker() {
  const { selected, select } = useNamespaces();
  const known = useKnownNamespaces();
  const label = toLabel(selected);
  return (
    <CheckMenuButton
      className="field namespace-field"
      label={`Namespaces: ${label}`}
      searchLabel="Find a namespace"
      noneLabel="All namespaces"
      items={known.map(({ name, services }) => ({ value: name, label: name, count: services }))}
      checked={selected}
      onCheck={select}
    >
      <span>{label}</span>
      <IconChevronDown size={13} stroke={1.8} aria-hidden />
    </CheckMenuButton>
  );
}

function toLabel(selected: readonly string[]): string {
  const [first] = selected;
  if (first === undefined) return "All namespaces";
  return selected.length === 1 ? first : `${first} +${selected.length - 1}`;
}
