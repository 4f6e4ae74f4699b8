import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** One accent; every other colour on screen stands for a state. */
const accent: MantineColorsTuple = [
  "#eef4ff",
  "#e8f0fe",
  "#c9dcfd",
  "#9fc0fb",
  "#6ea1ff",
  "#4d88f5",
  "#2f6feb",
  "#2160d8",
  "#1b50b6",
  "#163f8f",
];

/** Mantine in the product's type, density and colours; the palette itself is in `app/globals.css`. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 4 },
  colors: { accent },
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "14px", xl: "16px" },
  lineHeights: { xs: "1.45", sm: "1.45", md: "1.45", lg: "1.45", xl: "1.35" },
  headings: { fontFamily: "var(--font-text)", fontWeight: "620" },
  defaultRadius: "6px",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "compact", variant: "default" }, classNames: { root: "btn" } },
    Menu: { classNames: { dropdown: "menu", item: "menu-item", label: "menu-label" } },
  },
});

/** Maps Mantine's own variables to the palette, so that both are one. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--bg)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--dim)",
    "--mantine-color-placeholder": "var(--faint)",
    "--mantine-color-anchor": "var(--accent-text)",
    "--mantine-color-default": "var(--panel)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--line)",
    "--mantine-color-error": "var(--err)",
    "--mantine-primary-color-filled": "var(--accent)",
    "--mantine-primary-color-filled-hover": "var(--accent-hover)",
    "--mantine-primary-color-contrast": "var(--on-accent)",
  };
  return { variables: {}, light: shared, dark: shared };
};
