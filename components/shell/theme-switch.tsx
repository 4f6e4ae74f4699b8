"use client";

import { useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";

/** Light or dark; both icons are rendered, so that the server need not know the scheme. */
export function ThemeSwitch() {
  const { toggleColorScheme } = useMantineColorScheme();
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label="Switch between light and dark"
      data-tip="Switch between light and dark"
      data-tip-side="left"
      onClick={() => toggleColorScheme()}
    >
      <IconMoon size={16} stroke={1.6} className="only-light" aria-hidden />
      <IconSun size={16} stroke={1.6} className="only-dark" aria-hidden />
    </button>
  );
}
