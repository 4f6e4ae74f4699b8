"use client";

import { useTable, type SortingState } from "@tanstack/react-table";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useRef, type MouseEvent } from "react";

import type { Severity } from "@/server/contract/finding";
import "./table.css";
import { SelectAllCell, SelectCell, type RowSelection } from "./select-cells";
import { features, type Column } from "./table-features";
import { useRowKeys } from "./use-row-keys";
import { useRowWindow } from "./use-row-window";

type DataTableProps<T extends object> = Readonly<{
  id: string;
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  sorting: SortingState;
  onSorting: (sorting: SortingState) => void;
  keyOf: (row: T) => string;
  hrefOf: (row: T) => string;
  severityOf: (row: T) => Severity;
  /** What the `a` key does on a row. */
  attachHrefOf?: (row: T) => string;
  /** Rows can be selected; absent: they cannot. */
  selection?: RowSelection;
}>;

/**
 * One line per row, only those in sight in the document, one keyboard:
 * j and k move, Enter opens, a attaches, space selects.
 */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { columns, selection } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const table = useSortedTable(props);
  const sorted = table.getRowModel().rows;
  const width = columns.length + (selection ? 1 : 0);
  const { virtualizer, items, before, after } = useRowWindow(body, sorted);
  const router = useRouter();
  useRowKeys({
    body,
    keys: sorted.map((row) => row.id),
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: "auto" }),
    onAttach: (index) => {
      const row = sorted[index];
      if (row && props.attachHrefOf) router.push(props.attachHrefOf(row.original));
    },
    onSelect: selection && ((index) => toggle(selection, sorted[index]?.id)),
  });
  return (
    <table
      className="table"
      id={props.id}
      role="table"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1}
    >
      <thead role="rowgroup">
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} role="row">
            {selection ? <SelectAllCell selection={selection} rows={sorted} /> : null}
            {group.headers.map((header) => (
              <th
                key={header.id}
                role="columnheader"
                data-col={header.column.id}
                aria-sort={toAriaSort(header.column.getIsSorted())}
              >
                <button
                  type="button"
                  className="sort"
                  onClick={() => header.column.toggleSorting()}
                >
                  <table.FlexRender header={header} />
                  <SortMark sorted={header.column.getIsSorted()} />
                </button>
              </th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody ref={body} role="rowgroup">
        <Spacer height={before} columns={width} />
        {items.map((item) => {
          const row = sorted[item.index];
          if (row === undefined) return null;
          const severity = props.severityOf(row.original);
          const edge = <span key={severity} className="edge" aria-hidden />;
          return (
            <tr
              key={row.id}
              ref={virtualizer.measureElement}
              role="row"
              className="row"
              data-index={item.index}
              data-key={row.id}
              data-severity={severity}
              aria-rowindex={item.index + 2}
              onClick={(event) => {
                if (isPlainClick(event)) router.push(props.hrefOf(row.original));
              }}
            >
              {selection ? <SelectCell selection={selection} id={row.id} edge={edge} /> : null}
              {row.getAllCells().map((cell, index) => (
                <td key={cell.id} role="cell" data-col={cell.column.id}>
                  {index === 0 && !selection ? edge : null}
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          );
        })}
        <Spacer height={after} columns={width} />
      </tbody>
    </table>
  );
}

function useSortedTable<T extends object>(props: DataTableProps<T>) {
  const { rows, columns, sorting, onSorting, keyOf } = props;
  return useTable({
    features,
    columns,
    data: rows,
    state: { sorting },
    enableSortingRemoval: false,
    enableMultiSort: false,
    onSortingChange: (update) => onSorting(typeof update === "function" ? update(sorting) : update),
    getRowId: keyOf,
  });
}

function Spacer({ height, columns }: Readonly<{ height: number; columns: number }>) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

function SortMark({ sorted }: Readonly<{ sorted: false | "asc" | "desc" }>) {
  if (sorted === "asc") return <IconArrowUp size={12} stroke={2} aria-hidden />;
  if (sorted === "desc") return <IconArrowDown size={12} stroke={2} aria-hidden />;
  return null;
}

function toAriaSort(sorted: false | "asc" | "desc") {
  if (sorted === false) return "none";
  return sorted === "asc" ? "ascending" : "descending";
}

/** A click on a link or button is theirs; a drag that selected text is not a click. */
function isPlainClick(event: MouseEvent): boolean {
  if ((event.target as Element).closest("a, button, label")) return false;
  return window.getSelection()?.toString() === "";
}

function toggle({ selected, onSelect }: RowSelection, id: string | undefined): void {
  if (id !== undefined) onSelect([id], !selected.has(id));
}
