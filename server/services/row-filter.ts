/** One filter of a list: what is asked for, and what the row has. */
export type RowFilter = readonly [
  wanted: readonly string[] | undefined,
  has: readonly (string | null | undefined)[],
];

/** Whether the row has one of the values that each filter asks for; a filter that is not given lets every row through. */
export function passesFilters(filters: readonly RowFilter[]): boolean {
  return filters.every(([wanted, has]) => !wanted || wanted.some((value) => has.includes(value)));
}

/** Whether one of the texts holds what is searched for, letter case aside. Nothing searched for is everywhere. */
export function containsText(q: string | undefined, texts: readonly (string | null)[]): boolean {
  const wanted = q?.trim().toLowerCase();
  return !wanted || texts.some((text) => text?.toLowerCase().includes(wanted));
}
