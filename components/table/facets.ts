/** One way to narrow a list: the values a row has, and how they read. */
export type Facet<T> = Readonly<{
  id: string;
  label: string;
  values: (row: T) => readonly string[];
  /** How a value is written; the value itself when absent. */
  word?: (value: string) => string;
  /** Order of the values; by count when absent. */
  order?: readonly string[];
}>;

export type Selection = Readonly<Record<string, readonly string[]>>;
export type FacetCount = Readonly<{ value: string; count: number }>;

/** The rows that have, for every facet with a selection, one of the selected values. */
export function applyFacets<T>(
  rows: readonly T[],
  facets: readonly Facet<T>[],
  selection: Selection,
): readonly T[] {
  const active = facets.filter((facet) => (selection[facet.id] ?? []).length > 0);
  if (active.length === 0) return rows;
  return rows.filter((row) =>
    active.every((facet) => {
      const wanted = selection[facet.id] ?? [];
      return facet.values(row).some((value) => wanted.includes(value));
    }),
  );
}

/**
 * How many rows each value of `facet` would leave, given what the other facets
 * select. A selected value is always listed, even with none.
 */
export function countFacet<T>(
  rows: readonly T[],
  facets: readonly Facet<T>[],
  options: { facet: Facet<T>; selection: Selection },
): readonly FacetCount[] {
  const { facet, selection } = options;
  const counts = new Map<string, number>((selection[facet.id] ?? []).map((value) => [value, 0]));
  const others = facets.filter((other) => other !== facet);
  for (const row of applyFacets(rows, others, selection)) {
    for (const value of new Set(facet.values(row))) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const rank = (value: string) => facet.order?.indexOf(value) ?? 0;
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort(
      (a, b) =>
        rank(a.value) - rank(b.value) || b.count - a.count || a.value.localeCompare(b.value),
    );
}

/** The rows whose text has every word of `query`. */
export function searchRows<T>(
  rows: readonly T[],
  query: string,
  textOf: (row: T) => string,
): readonly T[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
