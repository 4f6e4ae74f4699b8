import { asText, valueAt } from "./json";
import { sinceText } from "./ages";
import type { Column } from "./resources";

/** What a row shows of an object. */
export type Cell = Column["cell"];

/** Where there is nothing to show. */
export const NONE = "<none>";
/** A text in each row; `wide` ones are shown with `-o wide` only. */
export function column(name: string, cell: Cell, wide = false): Column {
  return { name, type: "string", priority: wide ? 1 : 0, cell };
}

/** How long ago it was created. */
export const AGE_COLUMN = column("Age", ({ metadata }, now) =>
  sinceText(metadata.creationTimestamp, now),
);

/** The text at a path, or what is shown without one. */
export const at =
  (path: string, absent = ""): Cell =>
  (object) =>
    asText(valueAt(object, path)) || absent;

/** The number at a path; 0 without one. */
export const count =
  (path: string): Cell =>
  (object) =>
    Number(valueAt(object, path) ?? 0);
