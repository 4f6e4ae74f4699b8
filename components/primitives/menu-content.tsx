"use client";

import { Menu } from "@mantine/core";
import { useState, type ReactElement, type ReactNode } from "react";

export type CheckItem = Readonly<{ value: string; label: string; count: number | null }>;
export type ActionItem = Readonly<{ label: string; icon: ReactNode; run: () => void }>;

type OpenProps = Readonly<{
  target: ReactElement;
  opened: boolean;
  onOpened: (opened: boolean) => void;
}>;

export type CheckMenuProps = Readonly<{
  /** What is looked for, when there is much to choose from. */
  searchLabel: string;
  items: readonly CheckItem[];
  checked: readonly string[];
  onCheck: (checked: readonly string[]) => void;
  /** How "nothing chosen" reads. */
  noneLabel: string;
}>;

/** Above this many values there is a field to find one. */
const SEARCH_FROM = 10;

/** Values with counts, several at once; the first line takes the choice back. */
export function CheckMenu(props: CheckMenuProps & OpenProps) {
  const { searchLabel, items, checked, onCheck, noneLabel, target, opened, onOpened } = props;
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = items.filter(({ label }) => label.toLowerCase().includes(wanted));
  const toggle = (value: string, on: boolean) =>
    onCheck(on ? [...checked, value] : checked.filter((other) => other !== value));
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-start" width={280} shadow="none">
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown mah={400} style={{ overflowY: "auto" }}>
        {items.length >= SEARCH_FROM ? (
          <Menu.Search
            placeholder={searchLabel}
            aria-label={searchLabel}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        ) : null}
        <Menu.CheckboxItem checked={checked.length === 0} onChange={() => onCheck([])}>
          {noneLabel}
        </Menu.CheckboxItem>
        <Menu.Divider />
        {shown.map(({ value, label, count }) => (
          <Menu.CheckboxItem
            key={value}
            checked={checked.includes(value)}
            onChange={(on) => toggle(value, on)}
            rightSection={count === null ? null : <span className="faint num">{count}</span>}
          >
            {label}
          </Menu.CheckboxItem>
        ))}
        {shown.length === 0 ? <Menu.Label>Nothing to choose from</Menu.Label> : null}
      </Menu.Dropdown>
    </Menu>
  );
}

export type ActionMenuProps = Readonly<{ items: readonly ActionItem[] }>;

/** Things to do, one each. */
export function ActionMenu({ items, target, opened, onOpened }: ActionMenuProps & OpenProps) {
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-end" width={250} shadow="none">
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, icon, run }) => (
          <Menu.Item key={label} leftSection={icon} onClick={run}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
