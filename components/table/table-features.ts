import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
} from "@tanstack/react-table";

type Value = string | number | null;

/** Numbers by size, text as people order it (`gpu-2` before `gpu-10`), unknown last in ascending order. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** What our tables can do; shared, so that their columns have one type. */
export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: {
    byValue: (a: { getValue: (id: string) => unknown }, b: typeof a, id: string) =>
      // Every accessor of our columns returns a Value.
      compareValues(a.getValue(id) as Value, b.getValue(id) as Value),
  },
});

export type Features = typeof features;
export type Column<T extends object> = ColumnDef<Features, T>;

/** Typed columns of a row type. */
export function columnsOf<T extends object>() {
  return createColumnHelper<Features, T>();
}
