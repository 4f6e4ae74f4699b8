import { AppError } from "@/server/errors";

/** What a row is sorted by; null sorts last in both directions. */
export type SortValue = string | number | null;

export type PageRequest = {
  /** A column, `-` before it for the other direction. */
  readonly sort: string;
  readonly limit: number;
  readonly continue?: string | undefined;
};

export type Page<T> = {
  readonly items: T[];
  readonly total: number;
  readonly continue: string | null;
};

type Position = { readonly value: SortValue; readonly key: string };

/**
 * One page of `rows`, sorted, ties by key. The cursor holds the last row's place, not its number, so rows that come and
 * go between two pages neither repeat nor hide others. Never mutates its input.
 * @throws AppError `Invalid` for a cursor that is not ours or belongs to another order.
 */
export function pageOf<T>(
  rows: readonly T[],
  request: PageRequest,
  place: {
    readonly key: (row: T) => string;
    readonly value: (row: T, column: string) => SortValue;
  },
): Page<T> {
  const descending = request.sort.startsWith("-");
  const column = descending ? request.sort.slice(1) : request.sort;
  const compare = (a: Position, b: Position) =>
    compareValues(a.value, b.value, descending) || compareText(a.key, b.key);
  const placed = rows
    .map((row) => ({ row, value: place.value(row, column), key: place.key(row) }))
    .sort(compare);
  const after = request.continue === undefined ? null : readCursor(request.continue, request.sort);
  const start = after ? placed.findIndex((entry) => compare(entry, after) > 0) : 0;
  const rest = start < 0 ? [] : placed.slice(start);
  const page = rest.slice(0, request.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ row }) => row),
    total: rows.length,
    continue: rest.length > page.length && last ? writeCursor(last, request.sort) : null,
  };
}

function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order =
    typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b));
  return descending ? -order : order;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function writeCursor(position: Position, sort: string): string {
  return Buffer.from(JSON.stringify([sort, position.value, position.key])).toString("base64url");
}

function readCursor(cursor: string, sort: string): Position {
  const [forSort, value, key] = parseArray(Buffer.from(cursor, "base64url").toString("utf8"));
  const known = value === null || typeof value === "string" || typeof value === "number";
  if (forSort !== sort || typeof key !== "string" || !known)
    throw new AppError("Invalid", "The query has fields that are not valid", {
      errors: [{ pointer: "#/query/continue", detail: "does not belong to this list and order" }],
    });
  return { value, key };
}

function parseArray(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return []; // not ours: the caller says so
  }
}
