"use client";

import { lazy, Suspense, useState, type ReactNode } from "react";

import type { ActionMenuProps, CheckMenuProps } from "./menu-content";

// A menu brings its positioning along: fetched when the pointer or the focus comes near.
const load = () => import("./menu-content");
const CheckMenu = lazy(async () => ({ default: (await load()).CheckMenu }));
const ActionMenu = lazy(async () => ({ default: (await load()).ActionMenu }));

type ButtonProps = Readonly<{
  className: string;
  label?: string;
  active?: boolean;
  children: ReactNode;
}>;

/** A button that opens a menu of values to check. */
export function CheckMenuButton(props: ButtonProps & CheckMenuProps) {
  const { className, label, active, children, ...menu } = props;
  const { used, opened, setOpened, button } = useMenuButton({ className, label, active, children });
  if (!used) return button;
  return (
    <Suspense fallback={button}>
      <CheckMenu {...menu} target={button} opened={opened} onOpened={setOpened} />
    </Suspense>
  );
}

/** A button that opens a menu of actions. */
export function ActionMenuButton(props: ButtonProps & ActionMenuProps) {
  const { className, label, active, children, ...menu } = props;
  const { used, opened, setOpened, button } = useMenuButton({ className, label, active, children });
  if (!used) return button;
  return (
    <Suspense fallback={button}>
      <ActionMenu {...menu} target={button} opened={opened} onOpened={setOpened} />
    </Suspense>
  );
}

type TriggerProps = Readonly<{
  className: string;
  label: string | undefined;
  active: boolean | undefined;
  children: ReactNode;
}>;

function useMenuButton({ className, label, active = false, children }: TriggerProps) {
  const [used, setUsed] = useState(false);
  const [opened, setOpened] = useState(false);
  const button = (
    <button
      type="button"
      className={className}
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={opened}
      data-active={active || undefined}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => {
        if (used) return; // the menu toggles itself
        setUsed(true);
        setOpened(true);
      }}
    >
      {children}
    </button>
  );
  return { used, opened, setOpened, button };
}
