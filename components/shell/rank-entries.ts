import type { Icon } from "@tabler/icons-react";

export type PaletteEntry = Readonly<{
  id: string;
  group: "Services" | "Claims" | "Attach" | "Pages" | "Actions";
  label: string;
  detail: string;
  keywords: string;
  icon?: Icon;
  run: () => void;
}>;

export type PaletteGroup = Readonly<{
  group: PaletteEntry["group"];
  entries: readonly PaletteEntry[];
}>;

const ORDER = ["Services", "Claims", "Attach", "Pages", "Actions"] as const;
const PER_GROUP = 6;

/**
 * What fits `query`, by group, best first: a name that starts with it, then one
 * that contains it, then one that has all its words somewhere.
 */
export function rankEntries(entries: readonly PaletteEntry[], query: string): PaletteGroup[] {
  const wanted = query.trim().toLowerCase();
  // An empty palette offers places and actions; two lists of everything would only be noise.
  const shown = wanted === "" ? entries.filter((entry) => entry.group !== "Attach") : entries;
  return ORDER.map((group) => ({
    group,
    entries: shown
      .filter((entry) => entry.group === group)
      .map((entry) => ({ entry, score: score(entry, wanted) }))
      .filter(({ score: value }) => value > 0)
      .sort((a, b) => b.score - a.score || a.entry.label.localeCompare(b.entry.label))
      .slice(0, PER_GROUP)
      .map(({ entry }) => entry),
  })).filter(({ entries: found }) => found.length > 0);
}

function score(entry: PaletteEntry, wanted: string): number {
  if (wanted === "") return 1;
  const label = entry.label.toLowerCase();
  if (label.startsWith(wanted)) return 3;
  if (label.includes(wanted)) return 2;
  const text = `${label} ${entry.detail} ${entry.keywords}`.toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word)) ? 1 : 0;
}
