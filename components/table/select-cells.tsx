"use client";

import type { ReactNode } from "react";

export type RowSelection = Readonly<{
  /** Keys of rows, also of ones that are not shown. */
  selected: ReadonlySet<string>;
  onSelect: (ids: readonly string[], selected: boolean) => void;
  /** What a row is, such as "service". */
  what: string;
}>;

type AllProps = Readonly<{ selection: RowSelection; rows: readonly { readonly id: string }[] }>;

/** Selects every row that is shown, also those out of sight; a dash while only some are. */
export function SelectAllCell({ selection: { selected, onSelect, what }, rows }: AllProps) {
  const count = rows.filter(({ id }) => selected.has(id)).length;
  const all = count === rows.length;
  return (
    <th role="columnheader" data-col="select">
      <label className="select">
        <input
          type="checkbox"
          aria-label={`Select all shown ${what}s`}
          checked={all}
          ref={(box) => {
            if (box) box.indeterminate = count > 0 && !all;
          }}
          onChange={() =>
            onSelect(
              rows.map(({ id }) => id),
              !all,
            )
          }
        />
      </label>
    </th>
  );
}

type OneProps = Readonly<{ selection: RowSelection; id: string; edge: ReactNode }>;

/** Selects one row; stands first in it, and so carries its edge. */
export function SelectCell({ selection: { selected, onSelect }, id, edge }: OneProps) {
  const checked = selected.has(id);
  return (
    <td role="cell" data-col="select">
      {edge}
      <label className="select">
        <input
          type="checkbox"
          aria-label={`Select ${id}`}
          checked={checked}
          onChange={() => onSelect([id], !checked)}
        />
      </label>
    </td>
  );
}
